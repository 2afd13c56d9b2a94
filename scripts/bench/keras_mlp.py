"""The step of Keras-GAN's gan.py in Keras 3."""

from keras_gan import serve_gan
from keras_networks import mlp_discriminator, mlp_generator
from serve import read_options

if __name__ == "__main__":
    serve_gan(read_options(__doc__), mlp_generator, mlp_discriminator)
