"""The article's generator in ONNX Runtime, exported from PyTorch."""

import io

import onnxruntime
import torch

from serve import read_options, serve
from torch_gan import count
from torch_predict import inference_generator, noise_of


def main():
    """Exports the generator and answers the driver."""
    options = read_options(__doc__)
    generator, noise = inference_generator(options.spec), noise_of(options)
    exported = io.BytesIO()
    torch.onnx.export(
        generator,
        (torch.from_numpy(noise),),
        exported,
        input_names=["noise"],
        output_names=["images"],
        dynamo=False,
    )
    session = onnxruntime.InferenceSession(
        exported.getvalue(), providers=["CPUExecutionProvider"]
    )
    run = lambda: [session.run(None, {"noise": noise})[0][0, 0, 0, 0]]
    name = f"ONNX Runtime {onnxruntime.__version__}"
    serve(name, {"generator": count(generator)}, run, options.warmup)


if __name__ == "__main__":
    main()
