"""ONNX: any model as a reference or a candidate, and the ``Attention`` operator's specification as a contract."""
