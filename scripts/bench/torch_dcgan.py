"""The step of the article's DCGAN, or of Keras-GAN's, in PyTorch."""

from torch_gan import serve_gan
from torch_networks import dcgan_discriminator, dcgan_generator
from serve import read_options

if __name__ == "__main__":
    serve_gan(read_options(__doc__), dcgan_generator, dcgan_discriminator)
