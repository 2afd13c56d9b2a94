/** What the libtorch package says about itself: origin, versions, licences. */

/**
 * @param {{ name: string, version: string, license: string }} manifest
 * @param {readonly { file: string, sha256: string }[]} wheels
 */
export function libtorchPackageReadme({ name, version, license }, wheels) {
  const rows = wheels.map(({ file, sha256 }) => `| \`${file}\` | \`${sha256}\` |`)
  return `# ${name}

The CPU libraries of libtorch ${version} for x86-64 Linux with glibc 2.28 or newer, which
[gantorch](https://www.npmjs.com/package/gantorch) opens. It is installed with gantorch, and is of
little use alone: there are no headers, and nothing for CUDA devices.

## Origin

The libraries in \`lib/\` are those of these wheels from the Python Package Index, unchanged;
\`contents.json\` has their sizes.

| wheel | SHA-256 |
| --- | --- |
${rows.join('\n')}

## Licences

\`${license}\`

The texts are in \`licenses/\`.

| file | licence |
| --- | --- |
| \`libtorch_cpu.so\`, \`libc10.so\` | PyTorch: BSD-3-Clause, and those of its third parties, all in \`licenses/torch/\` |
| inside \`libtorch_cpu.so\`: oneMKL | Copyright Intel Corporation; Intel Simplified Software License, \`licenses/mkl/\` |
| \`libgomp.so.1\` | GPL 3 or later with the GCC Runtime Library Exception, \`licenses/libgomp/\` |
| \`libcudart.so.13\`, \`libcupti.so.13\` | Copyright NVIDIA Corporation; NVIDIA's EULA, \`licenses/nvidia-cuda-runtime/\`, \`licenses/nvidia-cuda-cupti/\` |

\`libcudart\` and \`libcupti\` are among what Attachment A of NVIDIA's EULA lists as distributable; they
are here because \`libtorch_cpu.so\` is linked to them, for use by gantorch alone.

The source of \`libgomp.so.1\` is GCC's, https://gcc.gnu.org/, as packaged for AlmaLinux 8, from which
the manylinux_2_28 image that builds PyTorch's wheels is made: https://repo.almalinux.org/vault/8/
`
}
