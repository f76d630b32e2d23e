"""The model behind MLServer: what harfunction's /v2 routes answer, by ONNX Runtime."""
import json

import numpy
import onnxruntime
from mlserver import MLModel
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput


class ONNXWindows(MLModel):
    async def load(self) -> bool:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            self.settings.parameters.uri, options, providers=["CPUExecutionProvider"])
        self.names = json.loads(self.session.get_modelmeta().custom_metadata_map["hartrain.classes"])
        return True

    async def predict(self, request: InferenceRequest) -> InferenceResponse:
        # MLServer's codecs do the same by way of more objects.
        [tensor] = request.inputs
        windows = numpy.array(tensor.data.root, numpy.float32).reshape(tensor.shape)
        [probabilities] = self.session.run(None, {self.session.get_inputs()[0].name: windows})
        labels = probabilities.argmax(axis=1).tolist()
        return InferenceResponse(
            model_name=self.name,
            outputs=[
                ResponseOutput(
                    name="probabilities", datatype="FP32", shape=list(probabilities.shape), data=probabilities.ravel().tolist()),
                ResponseOutput(name="label", datatype="INT64", shape=[len(labels)], data=labels),
                ResponseOutput(name="name", datatype="BYTES", shape=[len(labels)], data=[self.names[label] for label in labels]),
            ])
