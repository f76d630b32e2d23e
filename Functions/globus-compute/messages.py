"""The functions as they are sent to workers; and, without Globus Compute's service, a call as it sends it to an endpoint, and what comes back."""

import importlib.util
import pathlib
import uuid

from globus_compute_common import messagepack
from globus_compute_common.messagepack.message_types import Result, ResultErrorDetails, Task
from globus_compute_sdk.serialize import ComputeSerializer

# Not by `import functions`: a function of a module with a name is sent as that name, and no worker has the module.
specification = importlib.util.spec_from_file_location("functions", pathlib.Path(__file__).with_name("functions.py"))
functions = importlib.util.module_from_spec(specification)
specification.loader.exec_module(functions)


def packed(function, *arguments, **named):
    """What the service sends to an endpoint."""
    serializer = ComputeSerializer()
    buffer = serializer.pack_buffers([serializer.serialize(function), serializer.serialize(arguments), serializer.serialize(named)])
    return messagepack.pack(Task(task_id=uuid.uuid4(), task_buffer=buffer))


def unpacked(message):
    """What the endpoint sends back: the result, or the error's text."""
    result = messagepack.unpack(message)
    assert isinstance(result, Result), result
    if isinstance(result.error_details, ResultErrorDetails):
        raise RuntimeError(result.data)
    return ComputeSerializer().deserialize(result.data)
