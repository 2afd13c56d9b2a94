"""A GAN step in Keras 3 on any backend: predict, D on real, D on fake, G through D."""

import keras
import numpy as np

from serve import serve


class Combined(keras.Model):
    """Trains the generator through the discriminator, which stays as it is.

    Keras 3 reads `trainable` at every step, so freezing the discriminator for good, as the article
    does, would stop its own training too, and freezing it for a while would take its normalisation
    out of training mode. So this model trains the generator's weights and counts the discriminator's
    among those that are not trained.
    """

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator

    def call(self, noise, training=False):
        """Validity of the pictures made from noise."""
        return self.discriminator(self.generator(noise, training=training), training=training)

    @property
    def trainable_variables(self):
        return self.generator.trainable_variables

    trainable_weights = trainable_variables

    @property
    def non_trainable_variables(self):
        trained = {id(variable) for variable in self.trainable_variables}
        return [variable for variable in self.variables if id(variable) not in trained]

    def train_step(self, *arguments):
        """On PyTorch autograd is told not to compute gradients of the discriminator's weights."""
        if keras.backend.backend() != "torch":
            return super().train_step(*arguments)
        frozen = [variable.value for variable in self.discriminator.trainable_variables]
        for value in frozen:
            value.requires_grad_(False)
        result = super().train_step(*arguments)
        for value in frozen:
            value.requires_grad_(True)
        return result


class GanStep:
    """One step on pictures that are in memory."""

    def __init__(self, spec, batch_size, generator, discriminator, jit):
        self.latent, self.batch_size = spec["latent"], batch_size
        self.random = np.random.default_rng(0)
        # Random pictures do: no operation takes longer or shorter for what is in them.
        self.pictures = 2 * self.random.random((256, *spec["image"]), dtype=np.float32) - 1
        self.generator, self.discriminator = generator, discriminator
        self.combined = Combined(generator, discriminator)
        options = {"loss": "binary_crossentropy", "jit_compile": jit}
        adam = keras.optimizers.Adam
        discriminator.compile(
            optimizer=adam(spec["learningRate"], 0.5), metrics=["accuracy"], **options
        )
        generator.compile(jit_compile=jit)
        self.combined.compile(optimizer=adam(spec["learningRate"], 0.5), **options)
        self.combined.optimizer.build(generator.trainable_variables)
        self.valid = np.ones((batch_size, 1), np.float32)
        self.fake = np.zeros((batch_size, 1), np.float32)

    def run(self):
        """One whole step; the losses of D and G."""
        images = self.pictures[self.random.integers(0, len(self.pictures), self.batch_size)]
        noise = self.random.normal(0, 1, (self.batch_size, self.latent)).astype(np.float32)
        # predict_on_batch skips the data pipeline that predict sets up anew at every call.
        fakes = self.generator.predict_on_batch(noise)
        real = self.discriminator.train_on_batch(images, self.valid)
        fake = self.discriminator.train_on_batch(fakes, self.fake)
        g_loss = self.combined.train_on_batch(noise, self.valid)
        d_loss = 0.5 * np.add(real, fake)
        return float(d_loss[0]), float(g_loss)


def backend_name():
    """Keras, what it runs on, and their versions."""
    name = keras.backend.backend()
    titles = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
    return f"Keras {keras.__version__} on {titles[name]} {__import__(name).__version__}"


def jit_of(form):
    """What `form` means to `compile`; the backend's own default where it says nothing."""
    return True if form == "jit" else "auto"


def serve_gan(options, make_generator, make_discriminator):
    """Builds both networks and answers the driver."""
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(options.policy)
    generator, discriminator = make_generator(options.spec), make_discriminator(options.spec)
    step = GanStep(
        options.spec, options.batch_size, generator, discriminator, jit_of(options.form)
    )
    parameters = {"generator": generator.count_params(), "discriminator": discriminator.count_params()}
    serve(backend_name(), parameters, step.run, options.warmup)
