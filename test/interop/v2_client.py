"""Usage: v2_client.py OUTPUT URL MODEL VERSION. What NVIDIA's client for the Open Inference Protocol makes of a server, as JSON."""
import json
import sys

import numpy as np
import tritonclient.http as triton

output, url, model, version = sys.argv[1:]
client = triton.InferenceServerClient(url)


def tensor(name, datatype, values):
    values = np.asarray(values, dtype=triton.triton_to_np_dtype(datatype))
    made = triton.InferInput(name, list(values.shape), datatype)
    made.set_data_from_numpy(values, binary_data=False)
    return made


def rides(hour="INT32"):
    return [
        tensor("city", "BYTES", [b"FR", b"US"]),
        tensor("km", "FP32", [0.1, 12]),
        tensor("hour", hour, [7, 23]),
        tensor("rush", "BOOL", [True, False]),
        tensor("more", "FP64", [[0.5, 1.5], [2, 3]]),
    ]


def answer(result):
    tensors = {each["name"]: result.as_numpy(each["name"]) for each in result.get_response()["outputs"]}
    return {
        "response": {key: value for key, value in result.get_response().items() if key != "outputs"},
        "outputs": {name: {"dtype": str(a.dtype), "values": a.tolist()} for name, a in tensors.items()},
    }


def refused(work):
    try:
        work()
    except triton.InferenceServerException as error:
        return {"status": error.status(), "message": error.message()}
    return None


binary = rides()
binary[1] = triton.InferInput("km", [2], "FP32")
binary[1].set_data_from_numpy(np.asarray([0.1, 12], dtype=np.float32), binary_data=True)
one = [triton.InferRequestedOutput("prediction", binary_data=False)]
found = {
    "live": client.is_server_live(),
    "ready": client.is_server_ready(),
    "modelReady": client.is_model_ready(model),
    "versionReady": client.is_model_ready(model, version),
    "otherReady": client.is_model_ready("other"),
    "server": client.get_server_metadata(),
    "model": client.get_model_metadata(model),
    "index": client.get_model_repository_index(),
    "all": answer(client.infer(model, rides(), request_id="42")),
    "one": answer(client.infer(model, rides(), model_version=version, outputs=one)),
    "int64": answer(client.infer(model, rides("INT64"), outputs=one)),
    "gzip": answer(client.infer(model, rides(), outputs=one, response_compression_algorithm="gzip")),
    "many": [answer(each.get_result()) for each in [client.async_infer(model, rides(), outputs=one) for _ in range(20)]],
    "refused": {
        "model": refused(lambda: client.get_model_metadata("other")),
        "version": refused(lambda: client.infer(model, rides(), model_version="0")),
        "output": refused(lambda: client.infer(model, rides(), outputs=[triton.InferRequestedOutput("predictions")])),
        "missing": refused(lambda: client.infer(model, rides()[1:])),
        "datatype": refused(lambda: client.infer(model, [tensor("city", "INT32", [1, 2]), *rides()[1:]])),
        "rows": refused(lambda: client.infer(model, [tensor("city", "BYTES", [b"FR"]), *rides()[1:]])),
        "binary": refused(lambda: client.infer(model, binary)),
    },
}
with open(output, "w") as file:
    json.dump(found, file)
