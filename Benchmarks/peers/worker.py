"""Times one library at the study's models and at models of any size on request: the peers' side of compare.py and sizes.py.

A line "WORK MODEL WINDOWS THREADS REPETITIONS" on standard input gives a line of seconds on standard output, as Benchmarks/Sources/
product-worker. The library is the argument; a library has its threads from the start, so they are an argument too. MODEL is
"cnn", "lstm" or the name of a SizedModel. WORK may also be file, which writes what a runtime reads, count, which answers with
the parameters of MODEL, or gemm, whose WINDOWS is the matrices' size.
"""
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np

from sized import SizedModel

LIBRARY, THREADS = sys.argv[1], int(sys.argv[2])
FOLDER = sys.argv[3] if len(sys.argv) > 3 else "."
CLASSES, STEPS, CHANNELS, UNITS, FILTERS = 6, 128, 9, 27, (18, 36, 72, 144)
random = np.random.default_rng(0)


def sized(name):
    """The model that a name describes; None where it is one of the study's."""
    return None if name in ("cnn", "lstm") else SizedModel.named(name)


def windows(name, count):
    model = sized(name)
    steps, channels, classes = (model.steps, model.channels, model.classes) if model else (STEPS, CHANNELS, CLASSES)
    return random.normal(size=(count, steps, channels)).astype("f"), random.integers(0, classes, count)


def has_channels_first(name):
    """Whether PyTorch's layers take a model's windows as [channels, steps]."""
    model = sized(name)
    return model.kind == "conv" if model else name == "cnn"


def least_seconds(function):
    """The shortest of a few calls, after those that compile and warm."""
    for _ in range(2):
        function()
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


class TensorFlow:
    def __init__(self):
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(THREADS)
        tf.config.threading.set_inter_op_parallelism_threads(THREADS)
        self.tf, self.layers = tf, tf.keras.layers

    def model(self, name):
        if sized(name):
            return self.sized_model(sized(name))
        k = self.layers
        layers = [self.tf.keras.Input((STEPS, CHANNELS))]
        if name == "cnn":
            for filters in FILTERS:
                layers += [k.Conv1D(filters, 2, padding="same", activation="relu"), k.MaxPooling1D(2)]
            layers += [k.Flatten(), k.Dropout(0.5)]
        else:
            layers += [k.Dense(UNITS), k.LSTM(UNITS, return_sequences=True), k.Dropout(0.5), k.LSTM(UNITS), k.Dropout(0.5)]
        return self.tf.keras.Sequential(layers + [k.Dense(CLASSES)])

    def sized_model(self, sized):
        k, units = self.layers, sized.units
        if sized.kind == "dense":
            layers = [k.Flatten(), k.Dense(units, "relu"), k.Dense(units, "relu")]
        elif sized.kind == "conv":
            first, second = (k.Conv1D(units, sized.kernel, padding="same", activation="relu") for _ in range(2))
            layers = [first, k.MaxPooling1D(2), second, k.GlobalAveragePooling1D()]
        else:
            layers = [k.LSTM(units, return_sequences=True), k.LSTM(units)]
        return self.tf.keras.Sequential([self.tf.keras.Input((sized.steps, sized.channels)), *layers, k.Dense(sized.classes)])

    def count(self, name):
        return self.model(name).count_params()

    def step(self, name, count):
        tf = self.tf
        model = self.model(name)
        optimizer = tf.keras.optimizers.Adam(1e-4)
        loss = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        optimizer.build(model.trainable_variables)
        x, y = (tf.constant(v) for v in windows(name, count))

        def step():
            with tf.GradientTape() as tape:
                value = loss(y, model(x, training=True))
            gradients = tape.gradient(value, model.trainable_variables)
            if name == "lstm":
                gradients = [tf.clip_by_value(g, -1.0, 1.0) for g in gradients]
            optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            return value

        return self.compiled(name, count, step)

    def prediction(self, name, count):
        model = self.model(name)
        x = self.tf.constant(windows(name, count)[0])

        return self.compiled(name, count, lambda: model(x, training=False))

    def compiled(self, name, count, function):
        """A call as a graph, with XLA or without: both are what a user can ask for, the better one counts.

        XLA helps the study's models in small batches only; of others it is tried.
        """
        def graph(with_xla):
            compiled = self.tf.function(function, jit_compile=with_xla)
            return lambda: compiled().numpy()

        return min(graph(False), graph(True), key=least_seconds) if sized(name) else graph(count == 1)

    def lite_file(self, name):
        path = os.path.join(FOLDER, name + ".tflite")
        if not os.path.exists(path):
            with open(path, "wb") as file:
                file.write(self.tf.lite.TFLiteConverter.from_keras_model(self.model(name)).convert())
        return path


class Torch:
    def __init__(self):
        import torch

        torch.set_num_threads(THREADS)
        self.torch = torch

    def model(self, name):
        if sized(name):
            return self.sized_model(sized(name))
        torch = self.torch
        nn = torch.nn

        class CNN(nn.Module):
            def __init__(self):
                super().__init__()
                sizes = (CHANNELS,) + FILTERS
                self.convolutions = nn.ModuleList(nn.Conv1d(i, o, 2) for i, o in zip(sizes, FILTERS))
                self.dropout, self.dense = nn.Dropout(0.5), nn.Linear(8 * FILTERS[-1], CLASSES)

            def forward(self, x):
                for convolution in self.convolutions:
                    x = nn.functional.max_pool1d(torch.relu(convolution(nn.functional.pad(x, (0, 1)))), 2)
                return self.dense(self.dropout(x.flatten(1)))

        class LSTM(nn.Module):
            def __init__(self):
                super().__init__()
                self.input = nn.Linear(CHANNELS, UNITS)
                self.lstm = nn.LSTM(UNITS, UNITS, 2, batch_first=True, dropout=0.5)
                self.dropout, self.dense = nn.Dropout(0.5), nn.Linear(UNITS, CLASSES)

            def forward(self, x):
                return self.dense(self.dropout(self.lstm(self.input(x))[0][:, -1]))

        return CNN() if name == "cnn" else LSTM()

    def sized_model(self, sized):
        nn, units = self.torch.nn, sized.units

        class Convolutions(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.Sequential(
                    nn.Conv1d(sized.channels, units, sized.kernel, padding="same"), nn.ReLU(), nn.MaxPool1d(2),
                    nn.Conv1d(units, units, sized.kernel, padding="same"), nn.ReLU())
                self.dense = nn.Linear(units, sized.classes)

            def forward(self, x):
                return self.dense(self.layers(x).mean(2))

        class Recurrent(nn.Module):
            def __init__(self):
                super().__init__()
                self.lstm, self.dense = nn.LSTM(sized.channels, units, 2, batch_first=True), nn.Linear(units, sized.classes)

            def forward(self, x):
                return self.dense(self.lstm(x)[0][:, -1])

        if sized.kind == "dense":
            return nn.Sequential(
                nn.Flatten(), nn.Linear(sized.steps * sized.channels, units), nn.ReLU(), nn.Linear(units, units), nn.ReLU(),
                nn.Linear(units, sized.classes))
        return Convolutions() if sized.kind == "conv" else Recurrent()

    def prepared(self, function):
        """A function of tensors as it is called; for libraries that compile it first."""
        return function

    def count(self, name):
        return sum(weights.numel() for weights in self.model(name).parameters())

    def input(self, name, x):
        x = self.torch.tensor(x)
        return x.transpose(1, 2).contiguous() if has_channels_first(name) else x

    def step(self, name, count):
        torch = self.torch
        model = self.model(name).train()
        optimizer = torch.optim.Adam(model.parameters(), 1e-4, fused=True)
        x, y = windows(name, count)
        x, y = self.input(name, x), torch.tensor(y)
        loss = self.prepared(lambda x, y: torch.nn.functional.cross_entropy(model(x), y))

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss(x, y).backward()
            if name == "lstm":
                torch.nn.utils.clip_grad_value_(model.parameters(), 1.0)
            optimizer.step()

        return step

    def prediction(self, name, count):
        model = self.model(name).eval()
        x = self.input(name, windows(name, count)[0])
        model = self.prepared(model)

        def predict():
            with self.torch.inference_mode():
                model(x)

        return predict

    def gemm(self, _, size):
        """A square product, whose rate is called the machine's sgemm peak."""
        a, c = self.torch.randn(size, size), self.torch.empty(size, size)
        return lambda: self.torch.matmul(a, a, out=c)

    def onnx_file(self, name):
        path = os.path.join(FOLDER, name + ".onnx")
        if not os.path.exists(path):
            self.torch.onnx.export(
                self.model(name).eval(), (self.input(name, windows(name, 1)[0]),), path, dynamo=False, input_names=["x"],
                output_names=["y"], dynamic_axes={"x": {0: "n"}})
        return path


class TorchCompiled(Torch):
    """PyTorch through torch.compile: the loss and its gradient, a prediction; the optimizer is a fused kernel as it is."""

    def __init__(self):
        # The usual cache knows no threads: two that find there what was compiled for one write past the ends of its buffers.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = os.path.join(os.path.abspath(FOLDER), f"inductor-{THREADS}")
        super().__init__()

    def prepared(self, function):
        # Else what earlier models have left counts against a limit, behind which nothing is compiled, and makes sizes variable.
        self.torch._dynamo.reset()
        return self.torch.compile(function, dynamic=False)


class JAX:
    """The LSTM for one window, its training step compiled as a whole."""

    def __init__(self):
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=" + ("true" if THREADS > 1 else "false")
        import jax

        self.jax = jax

    def step(self, name, count):
        jax = self.jax
        numpy = jax.numpy
        if name != "lstm":
            raise NotImplementedError(name)

        def weight(*shape):
            return numpy.asarray(random.normal(0, 0.1, shape).astype("f"))

        layer = [weight(UNITS, 4 * UNITS), weight(UNITS, 4 * UNITS), weight(4 * UNITS)]
        parameters = [[weight(CHANNELS, UNITS), weight(UNITS)], layer, [w * 0.9 for w in layer], [weight(UNITS, CLASSES), weight(CLASSES)]]

        def forward(p, x, key):
            x = numpy.swapaxes(x @ p[0][0] + p[0][1], 0, 1)
            for w, u, b in p[1:3]:
                def cell(state, z):
                    h, c = state
                    i, f, g, o = numpy.split(z + h @ u, 4, -1)
                    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * numpy.tanh(g)
                    h = jax.nn.sigmoid(o) * numpy.tanh(c)
                    return (h, c), h

                zero = numpy.zeros((x.shape[1], UNITS))
                _, x = jax.lax.scan(cell, (zero, zero), x @ w + b)
                key, own = jax.random.split(key)
                x = x * jax.random.bernoulli(own, 0.5, x.shape) * 2
            return x[-1] @ p[3][0] + p[3][1]

        def loss(p, x, y, key):
            return -numpy.mean(jax.nn.log_softmax(forward(p, x, key))[numpy.arange(count), y])

        @jax.jit
        def step(p, m, v, t, x, y, key):
            g = jax.tree.map(lambda g: numpy.clip(g, -1, 1), jax.grad(loss)(p, x, y, key))
            m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
            v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
            p = jax.tree.map(
                lambda p, m, v: p - 1e-4 * (m / (1 - 0.9**t)) / (numpy.sqrt(v / (1 - 0.999**t)) + 1e-8), p, m, v)
            return p, m, v

        zeros = jax.tree.map(numpy.zeros_like, parameters)
        state = [parameters, zeros, zeros]
        x, y = windows(name, count)
        key = jax.random.PRNGKey(0)

        def run():
            state[:] = step(*state, 10.0, x, y, key)
            jax.block_until_ready(state[0])

        return run


class ONNXRuntime:
    def prediction(self, name, count):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(
            os.path.join(FOLDER, name + ".onnx"), options, providers=["CPUExecutionProvider"])
        x = windows(name, count)[0]
        x = np.ascontiguousarray(x.transpose(0, 2, 1)) if has_channels_first(name) else x
        return lambda: session.run(None, {"x": x})


class LiteRT:
    def prediction(self, name, count):
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(os.path.join(FOLDER, name + ".tflite"), num_threads=THREADS)
        interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], (count, STEPS, CHANNELS))
        interpreter.allocate_tensors()
        given = interpreter.get_input_details()[0]["index"]
        result = interpreter.get_output_details()[0]["index"]
        x = windows(name, count)[0]

        def predict():
            interpreter.set_tensor(given, x)
            interpreter.invoke()
            interpreter.get_tensor(result)

        return predict


def main():
    libraries = {
        "tensorflow": TensorFlow, "torch": Torch, "torch-compiled": TorchCompiled, "jax": JAX, "onnxruntime": ONNXRuntime,
        "litert": LiteRT,
    }
    library = libraries[LIBRARY]()
    known = {}
    # What libraries print must not stand between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    for line in sys.stdin:
        work, model, count, _, repetitions = line.split()
        name = (work, model, count)
        if work == "file":
            getattr(library, model)(count)
            answers.write("0\n")
            continue
        if work == "count":
            answers.write(f"{library.count(model)}\n")
            continue
        if name not in known:
            known[name] = getattr(library, work)(model, int(count))
            for _ in range(3):
                known[name]()
        seconds = []
        for _ in range(int(repetitions)):
            start = time.perf_counter()
            known[name]()
            seconds.append(time.perf_counter() - start)
        answers.write(" ".join(map(repr, seconds)) + "\n")


if __name__ == "__main__":
    main()
