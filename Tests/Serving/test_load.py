"""Under load, every answer has the bits of `hartrain predict`."""

import threading
import time
import unittest

import numpy

import checkpoints
import harness
import windows
import wire

SECONDS = 30 if harness.THOROUGH else 4


class BitsTests(unittest.TestCase):
    def test_every_answer(self):
        """Both models at once, one window and several, in every form of body and answer."""
        data = windows.made(24)
        models = {"cnn": checkpoints.CNN, "lstm": checkpoints.LSTM}
        arguments = [word for name, path in models.items() for word in ("--model", f"{name}={path}")]
        cases = []
        for name, path in models.items():
            texts = windows.predict(path, windows.raw(data))
            probabilities = windows.probabilities(texts)
            for start, count in [(start, 1) for start in range(12)] + [(2, 3), (7, 8), (0, 24)]:
                part, row, text = data[start : start + count], probabilities[start : start + count], texts[start : start + count]
                for kind, body in (("application/octet-stream", windows.raw(part)), ("text/csv", windows.csv(part)), ("application/json", windows.as_json(part))):
                    headers = {"Content-Type": kind}
                    cases.append((f"/predict?model={name}", body, headers | {"Accept": "application/octet-stream"}, lambda answer, row=row: answer.body == row.tobytes()))
                    cases.append((f"/?model={name}", body, headers, lambda answer, text=text: windows.answers(answer.body) == text))
                length = f'{{"outputs":[{{"name":"probabilities"}}],"inputs":[{{"name":"windows","datatype":"FP32","shape":[{count},128,9],"parameters":{{"binary_data_size":{part.nbytes}}}}}]}}'
                headers = {"Inference-Header-Content-Length": str(len(length)), "Content-Type": "application/octet-stream"}
                cases.append((
                    f"/v2/models/{name}/infer", length.encode() + windows.raw(part), headers,
                    lambda answer, row=row: numpy.array(answer.json()["outputs"][0]["data"], "f4").tobytes() == row.tobytes(),
                ))
        wrong, counts = [], []

        def client(seed):
            random, count = numpy.random.default_rng(seed), 0
            with server.connect() as connection:
                while time.monotonic() < deadline and not wrong:
                    path, body, headers, is_right = cases[random.integers(len(cases))]
                    answer = connection.ask("POST", path, body, headers)
                    count += 1
                    if answer.status != 200 or not is_right(answer):
                        wrong.append((path, headers, answer))
            counts.append(count)

        with harness.Server(*arguments, weights=None) as server:
            deadline = time.monotonic() + SECONDS
            threads = [threading.Thread(target=client, args=[seed]) for seed in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.assertFalse(wrong, wrong[:1])
        self.assertEqual(len(counts), 8)
        self.assertGreater(sum(counts), 10 if harness.SANITIZED else 100)
        print(f"note: {sum(counts)} answers had their bits", flush=True)


class PipelineTests(harness.ServerTests):
    def test_a_thousand_requests_in_one_write(self):
        data = windows.made(10)
        expected = [row.tobytes() for row in windows.probabilities(windows.predict(checkpoints.CNN, windows.raw(data)))]
        headers = {"Content-Type": "application/octet-stream", "Accept": "application/octet-stream"}
        requests = [wire.request("POST", "/predict", windows.raw(window), headers) for window in data]
        with self.server.connect() as connection:
            sender = threading.Thread(target=connection.send, args=[b"".join(requests * 100)])
            sender.start()
            answers = [connection.response().body for _ in range(1000)]
            sender.join()
        # Compared one by one: the difference of two long lists takes minutes to print.
        self.assertEqual([index for index, answer in enumerate(answers) if answer != expected[index % 10]], [])


if __name__ == "__main__":
    unittest.main()
