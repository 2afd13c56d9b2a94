"""Models whose JSON is recorded: the shapes of GANs, and every way in which layers connect.

Each builder takes the keras module to build with, Keras 3's or tf_keras (Keras 2). All layers have
names, so that their weights can be told apart.
"""


def generator(K, name="generator"):
    """The article's kind: Dense, Reshape, doubling, convolution, normalisation."""
    L = K.layers
    return K.Sequential(
        [
            K.Input((5,), name=f"{name}_z"),
            L.Dense(2 * 2 * 4, activation="relu", name=f"{name}_dense"),
            L.Reshape((2, 2, 4), name=f"{name}_reshape"),
            L.UpSampling2D(name=f"{name}_up"),
            L.Conv2D(3, kernel_size=3, padding="same", name=f"{name}_conv"),
            L.BatchNormalization(momentum=0.8, name=f"{name}_norm"),
            L.Activation("relu", name=f"{name}_relu"),
            L.Conv2D(2, kernel_size=3, padding="same", name=f"{name}_last"),
            L.Activation("tanh", name=f"{name}_tanh"),
        ],
        name=name,
    )


def leaky(K, slope, name):
    """LeakyReLU by either Keras's name of its option."""
    option = "alpha" if K.__name__ == "tf_keras" else "negative_slope"
    return K.layers.LeakyReLU(**{option: slope}, name=name)


def discriminator(K, name="discriminator"):
    """The article's kind: strided convolutions, LeakyReLU, Dropout."""
    L = K.layers
    return K.Sequential(
        [
            K.Input((4, 4, 2), name=f"{name}_image"),
            L.Conv2D(3, kernel_size=3, strides=2, padding="same", name=f"{name}_conv"),
            leaky(K, 0.25, f"{name}_leaky"),
            L.Dropout(0.25, name=f"{name}_drop"),
            L.ZeroPadding2D(((0, 1), (0, 1)), name=f"{name}_pad"),
            L.BatchNormalization(momentum=0.8, name=f"{name}_norm"),
            L.Flatten(name=f"{name}_flat"),
            L.Dense(1, activation="sigmoid", name=f"{name}_dense"),
        ],
        name=name,
    )


def combined(K):
    """Generator and frozen discriminator, as GANs train the generator."""
    z = K.Input((5,), name="z")
    critic = discriminator(K)
    critic.trainable = False
    return K.Model(z, critic(generator(K)(z)), name="combined")


def conditional(K):
    """Labels embedded and multiplied with noise (Keras-GAN's cgan and acgan)."""
    L = K.layers
    z = K.Input((5,), name="z")
    label = K.Input((1,), dtype="int32", name="label")
    embedding = L.Flatten(name="flat")(L.Embedding(3, 5, name="embedding")(label))
    image = generator(K)(L.Multiply(name="multiply")([z, embedding]))
    return K.Model([z, label], image, name="conditional")


def two_outputs(K):
    """One trunk, validity and label."""
    L = K.layers
    x = K.Input((4,), name="x")
    trunk = L.Dense(6, activation="tanh", name="trunk")(x)
    validity = L.Dense(1, activation="sigmoid", name="validity")(trunk)
    label = L.Dense(3, activation="softmax", name="label")(trunk)
    return K.Model(x, [validity, label], name="two_outputs")


def u_net(K):
    """Down, up, and what skips (pix2pix)."""
    L = K.layers
    x = K.Input((4, 4, 2), name="x")
    down1 = leaky(K, 0.25, "leaky1")(L.Conv2D(3, 3, strides=2, padding="same", name="down1")(x))
    down2 = leaky(K, 0.25, "leaky2")(
        L.Conv2D(4, 3, strides=2, padding="same", name="down2")(down1)
    )
    up1 = L.Conv2D(3, 3, padding="same", name="up1")(L.UpSampling2D(name="double1")(down2))
    joined = L.Concatenate(name="join")([up1, down1])
    y = L.Conv2D(2, 3, padding="same", name="last")(L.UpSampling2D(name="double2")(joined))
    return K.Model(x, y, name="u_net")


def translator(K, name):
    """A functional generator from pictures to pictures."""
    L = K.layers
    x = K.Input((2, 2, 2), name=f"{name}_x")
    h = L.Conv2D(3, 3, padding="same", activation="relu", name=f"{name}_conv")(x)
    y = L.Conv2D(2, 1, activation="tanh", name=f"{name}_last")(h)
    return K.Model(x, y, name=name)


def cycle(K):
    """Two translators, each called several times, four outputs (cyclegan)."""
    a, b = K.Input((2, 2, 2), name="a"), K.Input((2, 2, 2), name="b")
    to_b, to_a = translator(K, "to_b"), translator(K, "to_a")
    fake_b, fake_a = to_b(a), to_a(b)
    return K.Model([a, b], [to_a(fake_b), to_b(fake_a), to_a(a), to_b(b)], name="cycle")


def shared(K):
    """Two layers, each called at two depths: p(q(p(q(x))))."""
    L = K.layers
    x = K.Input((3,), name="x")
    p, q = L.Dense(3, name="p"), L.Dense(3, activation="tanh", name="q")
    return K.Model([x], [p(q(p(q(x))))], name="shared")


def nested(K):
    """Sequential in functional in Sequential; the inner ones called twice; outputs of inner ones."""
    L = K.layers
    stack = K.Sequential(
        [K.Input((3,), name="stack_x"), L.Dense(3, activation="elu", name="stacked")], name="stack"
    )
    x = K.Input((3,), name="inner_x")
    inner = K.Model(x, L.Dense(3, name="inside")(stack(stack(x))), name="inner")
    outer = K.Sequential(
        [K.Input((3,), name="outer_x"), inner, L.Dense(2, name="outside")], name="outer"
    )
    y = K.Input((3,), name="y")
    return K.Model(y, [inner(inner(y)), outer(y)], name="nested")


def twice(K):
    """One tensor given twice to one layer, and an input that is an output."""
    L = K.layers
    x = K.Input((3,), name="x")
    return K.Model(x, [L.Add(name="add")([x, x]), L.Dot(1, name="dot")([x, x])], name="twice")


def options(K):
    """Every kind of object among the options of layers."""
    L, I, R, C = K.layers, K.initializers, K.regularizers, K.constraints
    return K.Sequential(
        [
            K.Input((4,), name="x"),
            L.Dense(
                4,
                activation="softplus",
                use_bias=True,
                kernel_initializer=I.RandomNormal(0.0, 0.25, seed=3),
                bias_initializer=I.Constant(0.5),
                kernel_regularizer=R.L1L2(0.25, 0.5),
                bias_regularizer=R.L1(0.125),
                activity_regularizer=R.L2(0.25),
                kernel_constraint=C.MaxNorm(2, axis=0),
                bias_constraint=C.NonNeg(),
                trainable=False,
                name="first",
            ),
            L.Dense(
                4,
                kernel_initializer=I.VarianceScaling(2.0, "fan_out", "uniform", seed=1),
                bias_initializer=I.RandomUniform(-0.5, 0.5),
                kernel_regularizer=R.OrthogonalRegularizer(0.25, "columns"),
                kernel_constraint=C.MinMaxNorm(0.5, 2.0, 0.5, axis=1),
                use_bias=False,
                name="second",
            ),
            L.Dense(
                4,
                kernel_initializer=I.Identity(0.5),
                bias_initializer=I.TruncatedNormal(0.0, 0.5),
                kernel_constraint=C.UnitNorm(),
                name="third",
            ),
        ],
        name="options",
    )


def compiled(K):
    """The article's compile, with names."""
    L = K.layers
    model = K.Sequential([K.Input((3,), name="x"), L.Dense(1, name="dense")], name="compiled")
    if K.__name__ != "tf_keras":
        optimizer = K.optimizers.Adam(0.25, 0.5, clipnorm=0.5, amsgrad=True, name="adam")
        model.compile(optimizer, "binary_crossentropy", metrics=["accuracy", "mae"])
    return model


def compiled_two(K):
    """Losses and metrics as objects, by output; a schedule."""
    L = K.layers
    x = K.Input((3,), name="x")
    model = K.Model(x, [L.Dense(1, name="a")(x), L.Dense(2, name="b")(x)], name="compiled_two")
    if K.__name__ != "tf_keras":
        rate = K.optimizers.schedules.ExponentialDecay(0.5, 100, 0.25, staircase=True)
        losses = [K.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.25), "mse"]
        metrics = [[K.metrics.BinaryAccuracy(threshold=0.25)], ["mae"]]
        model.compile(K.optimizers.RMSprop(rate, name="rmsprop"), losses, [1.0, 0.5], metrics)
    return model


OPTIMIZERS = {
    "sgd": lambda O: O.SGD(0.25, 0.5, nesterov=True, weight_decay=0.125),
    "rms_prop": lambda O: O.RMSprop(0.25, 0.5, 0.25, 0.125, True, clipvalue=0.5),
    "adam_w": lambda O: O.AdamW(0.25, weight_decay=0.5, use_ema=True, ema_overwrite_frequency=3),
    "adamax": lambda O: O.Adamax(0.25, 0.5, 0.75, global_clipnorm=2.0),
    "nadam": lambda O: O.Nadam(0.25, 0.5, 0.75, loss_scale_factor=4.0),
    "adagrad": lambda O: O.Adagrad(0.25, 0.5, 0.125),
    "adadelta": lambda O: O.Adadelta(0.25, 0.5, 0.125, use_ema=True, ema_momentum=0.5),
    "adadelta_1": lambda O: O.Adadelta(1.0),
    "lion": lambda O: O.Lion(0.25, 0.5, 0.75),
    "cosine_decay": lambda O: O.SGD(O.schedules.CosineDecay(0.5, 10, 0.25, "c", 0.75, 2)),
    "cosine_restarts": lambda O: O.SGD(O.schedules.CosineDecayRestarts(0.5, 10, 3.0, 0.5)),
    "piecewise": lambda O: O.SGD(O.schedules.PiecewiseConstantDecay([1, 2], [1.0, 0.5, 0.25])),
    "polynomial": lambda O: O.SGD(O.schedules.PolynomialDecay(0.5, 10, 0.25, 2.0, True)),
    "inverse_time": lambda O: O.SGD(O.schedules.InverseTimeDecay(0.5, 10, 0.25, True)),
    "loss_scale": lambda O: O.LossScaleOptimizer(
        O.Adam(O.schedules.ExponentialDecay(0.5, 10, 0.25), name="inner"), 8.0, 4
    ),
}


def compiled_with(name, make):
    """A builder of a small model compiled with the optimizer."""

    def build(K):
        model = K.Sequential([K.Input((2,), name="x"), K.layers.Dense(1, name="dense")], name=name)
        if K.__name__ != "tf_keras":
            optimizer = make(K.optimizers)
            optimizer.name = name
            model.compile(optimizer, "mse")
        return model

    build.__name__ = name
    return build


MODELS = [
    *(generator, discriminator, combined, conditional, two_outputs, u_net, cycle),
    *(shared, nested, twice, options),
    *(compiled, compiled_two),
    *(compiled_with(f"compiled_{name}", make) for name, make in OPTIMIZERS.items()),
]
