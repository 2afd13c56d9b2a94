"""The step of Keras-GAN's gan.py in PyTorch."""

from torch_gan import serve_gan
from torch_networks import mlp_discriminator, mlp_generator
from serve import read_options

if __name__ == "__main__":
    serve_gan(read_options(__doc__), mlp_generator, mlp_discriminator)
