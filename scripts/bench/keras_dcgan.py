"""The step of the article's DCGAN, or of Keras-GAN's, in Keras 3."""

from keras_gan import serve_gan
from keras_networks import dcgan_discriminator, dcgan_generator
from serve import read_options

if __name__ == "__main__":
    serve_gan(read_options(__doc__), dcgan_generator, dcgan_discriminator)
