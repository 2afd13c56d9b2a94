/**
 * The wheels that make up the CUDA part of libtorch 2.11.0, pinned: those that torch 2.11.0 requires
 * (CUDA 13.0.2), less what its libraries do not need: triton, cuda-bindings, NVTX, the compilers' other
 * forms. libtorch_cuda does need NVSHMEM (through libtorch_nvshmem), without its transports.
 */
import { cudaFolder } from '../cuda_libraries'
import { torchWheel, type Part, type Wheel } from './wheels'

interface NvidiaWheel extends Omit<Wheel, 'members'> {
  /** Where the libraries lie: nvidia/<folder>/lib. */
  readonly folder: string
  readonly libraries: readonly string[]
  readonly licence?: string
}

const nvidia: readonly NvidiaWheel[] = [
  {
    file: 'nvidia_cublas-13.1.0.3-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 423_133_236,
    sha256: 'ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171',
    folder: 'cu13',
    libraries: ['libcublasLt.so.13', 'libcublas.so.13'],
  },
  {
    file: 'nvidia_cuda_nvrtc-13.0.88-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    bytes: 90_215_200,
    sha256: 'ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575',
    folder: 'cu13',
    libraries: ['libnvrtc-builtins.so.13.0', 'libnvrtc.so.13'],
  },
  {
    file: 'nvidia_cudnn_cu13-9.19.0.56-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 366_066_321,
    sha256: 'd20e1734305e9d68889a96e3f35094d733ff1f83932ebe462753973e53a572bf',
    folder: 'cudnn',
    libraries: [
      'libcudnn.so.9',
      'libcudnn_adv.so.9',
      'libcudnn_cnn.so.9',
      'libcudnn_engines_precompiled.so.9',
      'libcudnn_engines_runtime_compiled.so.9',
      'libcudnn_graph.so.9',
      'libcudnn_heuristic.so.9',
      'libcudnn_ops.so.9',
    ],
  },
  {
    file: 'nvidia_cufft-12.0.0.61-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    bytes: 214_085_489,
    sha256: '6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3',
    folder: 'cu13',
    libraries: ['libcufft.so.12'],
  },
  {
    file: 'nvidia_cufile-1.15.1.6-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    bytes: 1_223_672,
    sha256: '08a3ecefae5a01c7f5117351c64f17c7c62efa5fffdbe24fc7d298da19cd0b44',
    folder: 'cu13',
    libraries: ['libcufile.so.0'],
  },
  {
    file: 'nvidia_curand-10.4.0.35-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 59_544_258,
    sha256: '1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc',
    folder: 'cu13',
    libraries: ['libcurand.so.10'],
  },
  {
    file: 'nvidia_cusolver-12.0.4.66-py3-none-manylinux_2_27_x86_64.whl',
    bytes: 200_941_980,
    sha256: '0a759da5dea5c0ea10fd307de75cdeb59e7ea4fcb8add0924859b944babf1112',
    folder: 'cu13',
    libraries: ['libcusolver.so.12'],
  },
  {
    file: 'nvidia_cusparse-12.6.3.3-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    bytes: 145_942_937,
    sha256: '2b3c89c88d01ee0e477cb7f82ef60a11a4bcd57b6b87c33f789350b59759360b',
    folder: 'cu13',
    libraries: ['libcusparse.so.12'],
  },
  {
    file: 'nvidia_cusparselt_cu13-0.8.0-py3-none-manylinux2014_x86_64.whl',
    bytes: 169_884_119,
    sha256: '25e30a8a7323935d4ad0340b95a0b69926eee755767e8e0b1cf8dd85b197d3fd',
    folder: 'cusparselt',
    libraries: ['libcusparseLt.so.0'],
    licence: 'nvidia/cusparselt/LICENSE.txt',
  },
  {
    file: 'nvidia_nccl_cu13-2.28.9-py3-none-manylinux_2_18_x86_64.whl',
    bytes: 196_493_177,
    sha256: 'e4553a30f34195f3fa1da02a6da3d6337d28f2003943aa0a3d247bbc25fefc42',
    folder: 'nccl',
    libraries: ['libnccl.so.2'],
  },
  {
    file: 'nvidia_nvjitlink-13.0.88-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    bytes: 40_713_933,
    sha256: '13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b',
    folder: 'cu13',
    libraries: ['libnvJitLink.so.13'],
  },
  {
    file: 'nvidia_nvshmem_cu13-3.4.5-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    bytes: 60_412_546,
    sha256: '290f0a2ee94c9f3687a02502f3b9299a9f9fe826e6d0287ee18482e78d495b80',
    folder: 'nvshmem',
    libraries: ['libnvshmem_host.so.3'],
  },
]

const torchLibraries = [
  'libc10_cuda.so',
  'libcaffe2_nvrtc.so',
  'libtorch_cuda.so',
  'libtorch_cuda_linalg.so',
  'libtorch_nvshmem.so',
]

function nvidiaWheel({ file, bytes, sha256, folder, libraries, licence }: NvidiaWheel): Wheel {
  const [stem = ''] = file.split('-py3-')
  const name = (stem.split('-')[0] ?? '').replaceAll('_', '-')
  return {
    file,
    bytes,
    sha256,
    members: [
      ...libraries.map((library) => [`nvidia/${folder}/lib/${library}`, `lib/${library}`] as const),
      [licence ?? `${stem}.dist-info/licenses/License.txt`, `licenses/${name}/License.txt`],
    ],
  }
}

/** Only what the CPU part lacks, so that neither replaces anything of the other. */
export const cudaPart: Part = {
  folder: cudaFolder,
  title: 'the CUDA part of libtorch 2.11.0',
  version: '2.11.0',
  wheels: [
    torchWheel('2.11.0', [
      ...torchLibraries.map((library) => [`torch/lib/${library}`, `lib/${library}`] as const),
      ['torch-2.11.0.dist-info/licenses/', 'licenses/torch/'],
    ]),
    ...nvidia.map(nvidiaWheel),
  ],
  unpacked: 3.1e9,
}
