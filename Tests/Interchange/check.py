"""Checks what hartrain exports with the tools that read it, and writes weights as those tools would, for hartrain to import.

    python3 check.py FOLDER

FOLDER holds for each model NAME.safetensors (the checkpoint), NAME.onnx, NAME.npz, NAME.windows (raw windows, little-endian 32-bit
floats) and NAME.probabilities (hartrain's own answers). Prints a line a model with the largest difference; fails where one is above
1e-5. For models that can be imported (NAME of the study) it writes into FOLDER/import: NAME.state.safetensors, NAME.named.npz and
NAME.positional.npz. Needs ../../Functions/python-har, and requirements.txt beside this file.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import safetensors.numpy
from safetensors import safe_open

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "Functions" / "python-har"))
from hartrain_numpy import Model, read_safetensors  # noqa: E402

TOLERANCE = 1e-5
IMPORTED = ["cnn", "lstm", "cnn-lstm", "cnn-inception"]


def largest_difference(answers, expected):
    """Infinite where shapes differ or an answer is not finite: `max` and `>` pass over a NaN."""
    if answers.shape != expected.shape or not np.isfinite(answers).all():
        return np.inf
    return np.abs(answers - expected).max()


def check_onnx(path, windows, expected, hashes):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    difference = 0
    for count in (len(windows), 1, 7):
        (probabilities,) = session.run(["probabilities"], {"window": windows[:count]})
        difference = max(difference, largest_difference(probabilities, expected[:count]))
    stored = {entry.key: entry.value for entry in model.metadata_props}
    for key, value in hashes.items():
        assert stored[key] == value, (key, stored[key], value)
    return difference


def check_safetensors(path):
    """The official package reads the same tensors and metadata as our own reader in NumPy."""
    official = safetensors.numpy.load_file(path)
    own, metadata = read_safetensors(path)
    assert official.keys() == own.keys() and all(np.array_equal(official[name], own[name]) for name in own)
    with safe_open(path, "numpy") as file:
        assert file.metadata() == metadata
    return official, metadata


def check_npz(path, tensors):
    """The arrays are those of the checkpoint, transposed as Keras has them; returns them without the standardisation."""
    with np.load(path, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    assert np.array_equal(arrays.pop("standardize/mean"), tensors["standardize.mean"])
    assert np.array_equal(arrays.pop("standardize/std"), tensors["standardize.std"])
    for name in [name for name in arrays if name.endswith("/epsilon")]:
        assert arrays.pop(name).shape == ()
    names = [name for name in tensors if not name.startswith("standardize.") and ".bias_hh_l" not in name]
    assert len(names) == len(arrays), (names, list(arrays))
    behind_flatten = 0
    for name, (keras_name, array) in zip(names, arrays.items()):
        assert keras_name.split("/")[0].startswith(name.rpartition(".")[0]), (name, keras_name)
        expected = tensors[name].T
        if not np.array_equal(array, expected):
            # Behind a Flatten the rows stand in another order; each column holds the same values.
            behind_flatten += 1
            assert np.array_equal(np.sort(array, axis=0), np.sort(expected, axis=0)), name
    assert behind_flatten <= 6, names
    return arrays


def write_imports(folder, name, tensors, arrays):
    folder.mkdir(exist_ok=True)
    state = dict(tensors)
    for key in list(state):
        if ".bias_ih_l" in key:
            # PyTorch's two biases: powers of two, so that their sum is exact.
            other = key.replace("bias_ih", "bias_hh")
            state[other] = state[key] / 2
            state[key] = state[key] / 2
    safetensors.numpy.save_file({key: np.ascontiguousarray(value) for key, value in state.items()}, folder / f"{name}.state.safetensors")
    standardization = {f"standardize/{key}": tensors[f"standardize.{key}"] for key in ("mean", "std")}
    np.savez_compressed(folder / f"{name}.named.npz", **arrays, **standardization)
    np.savez(folder / f"{name}.positional.npz", *arrays.values())


def main():
    folder = pathlib.Path(sys.argv[1])
    failed = False
    paths = sorted(folder.glob("*.safetensors"))
    assert paths, f"{folder} holds no model"
    for path in paths:
        tensors, metadata = check_safetensors(path)
        model = Model(path)
        windows = np.fromfile(path.with_suffix(".windows"), "<f4").reshape(-1, *model.window)
        expected = np.fromfile(path.with_suffix(".probabilities"), "<f4").reshape(len(windows), len(model.classes))
        assert len(windows) == 200 and np.isfinite(expected).all()
        stored = {key: value for key, value in metadata.items() if key != "format"}
        by_onnx = check_onnx(path.with_suffix(".onnx"), windows, expected, stored)
        by_numpy = largest_difference(model.predict(windows), expected)
        arrays = check_npz(path.with_suffix(".npz"), tensors)
        if path.stem in IMPORTED:
            write_imports(folder / "import", path.stem, tensors, arrays)
        print(f"{path.stem}: ONNX Runtime {by_onnx:.1e}, NumPy {by_numpy:.1e}")
        failed |= max(by_onnx, by_numpy) > TOLERANCE
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
