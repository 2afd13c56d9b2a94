/** What the CUDA part of libtorch 2.11.0 is made of, and in which order it is opened. */

/**
 * libtorch_cuda and all that it needs, each after what it needs itself, to be opened after the CPU
 * part. The NVIDIA driver's libcuda.so.1 is none of them: libtorch opens it by itself.
 *
 * cuDNN's parts are here although nothing names them at link time: libcudnn opens them by name and has
 * no path of its own to look for them. NVRTC finds its builtins in the same way.
 */
export const cudaOpenOrder = [
  'libcublasLt.so.13',
  'libcublas.so.13',
  'libnvJitLink.so.13',
  'libcusparse.so.12',
  'libcusparseLt.so.0',
  'libcufft.so.12',
  'libcurand.so.10',
  'libcufile.so.0',
  'libnccl.so.2',
  'libnvshmem_host.so.3',
  'libnvrtc-builtins.so.13.0',
  'libnvrtc.so.13',
  'libcudnn_graph.so.9',
  'libcudnn_ops.so.9',
  'libcudnn_cnn.so.9',
  'libcudnn_adv.so.9',
  'libcudnn_heuristic.so.9',
  'libcudnn_engines_precompiled.so.9',
  'libcudnn_engines_runtime_compiled.so.9',
  'libcudnn.so.9',
  'libc10_cuda.so',
  'libtorch_nvshmem.so',
  'libtorch_cuda.so',
] as const

/** libtorch_cuda opens these when it first needs them; they find the others beside them. */
export const cudaOpenedLater = [
  'libcaffe2_nvrtc.so',
  'libcusolver.so.12',
  'libtorch_cuda_linalg.so',
] as const

/** The folder's name in the cache. */
export const cudaFolder = 'libtorch-2.11.0-cuda'

/** Older ones do not run CUDA 13.0. */
export const oldestDriver = 580
