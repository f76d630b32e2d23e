"""The FastAPI function that harfunction is measured against: windows in, classes out, by ONNX Runtime.

    HAR_MODEL=cnn.onnx uvicorn app:app --loop uvloop --http httptools --no-access-log

POST /predict takes raw little-endian float32 (application/octet-stream) or {"window": [steps][channels]} as JSON. It is as fast as we
could make it: no validation by Pydantic, no thread pool (a window is computed in less time than a change of threads takes), and a
Response that is already bytes. It does less than harfunction, which checks every number and says which model answered.

HAR_MODEL may be s3://BUCKET/KEY: the file is downloaded once into HAR_CACHE, and each start asks the store whether it is still the
same. HAR_JSON=standard reads and writes JSON by the standard library instead of orjson.
"""
import json
import os

import numpy
import onnxruntime
from fastapi import FastAPI, Request, Response


def model_file(place):
    """The file of a model; for an object its copy in the cache, named after the object's ETag."""
    if not place.startswith("s3://"):
        return place
    import boto3

    bucket, key = place.removeprefix("s3://").split("/", 1)
    store = boto3.client("s3")
    tag = store.head_object(Bucket=bucket, Key=key)["ETag"].strip('"')
    path = os.path.join(os.environ["HAR_CACHE"], f"{tag}.onnx")
    if not os.path.exists(path):
        store.download_file(bucket, key, path + ".part")
        os.rename(path + ".part", path)
    return path


if os.environ.get("HAR_JSON") == "standard":
    read_json = json.loads

    def write_json(value):
        return json.dumps(value, default=numpy.ndarray.tolist).encode()
else:
    import orjson

    read_json = orjson.loads

    def write_json(value):
        return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(model_file(os.environ["HAR_MODEL"]), options, providers=["CPUExecutionProvider"])
[model_input], [model_output] = session.get_inputs(), session.get_outputs()
input_name, output_names = model_input.name, [model_output.name]
shape = (-1, *model_input.shape[1:])
names = json.loads(session.get_modelmeta().custom_metadata_map["hartrain.classes"])

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


@app.post("/predict")
async def predict(request: Request):
    body = await request.body()
    if request.headers.get("content-type") == "application/octet-stream":
        windows = numpy.frombuffer(body, "<f4").reshape(shape)
    else:
        windows = numpy.array(read_json(body)["window"], numpy.float32).reshape(shape)
    predictions = []
    for probabilities in session.run(output_names, {input_name: windows})[0]:
        label = int(probabilities.argmax())
        predictions.append({"class": label + 1, "name": names[label], "probabilities": probabilities})
    return Response(write_json({"predictions": predictions}), media_type="application/json")
