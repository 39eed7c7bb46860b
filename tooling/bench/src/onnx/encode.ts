import protobuf from 'protobufjs';
import type { OnnxGraph, OnnxNode } from './graph.ts';

// The part of onnx.proto (ONNX, Apache-2.0, IR version 8) that float32 graphs take.
const { root } = protobuf.parse(
  `
  syntax = "proto3";
  message Model { int64 ir_version = 1; string producer_name = 2; Graph graph = 7; repeated OperatorSet opset_import = 8; }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5;
    repeated ValueInfo input = 11; repeated ValueInfo output = 12; }
  message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
    repeated Attribute attribute = 5; }
  message Attribute { string name = 1; float f = 2; int64 i = 3; repeated int64 ints = 8; int32 type = 20; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message ValueInfo { string name = 1; Type type = 2; }
  message Type { TensorType tensor_type = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Shape { repeated Dimension dim = 1; }
  message Dimension { int64 dim_value = 1; }
`,
  { keepCase: true },
);

const IR_VERSION = 8;
/** Of BatchNormalization's and the others' present form. */
const OPERATOR_SET = 15;
const FLOAT = 1;
const ATTRIBUTE_TYPES = { float: 1, integer: 2, integers: 7 };

/** The bytes of an ONNX file. */
export function encodeOnnx({ nodes, initializers, input, output }: OnnxGraph): Uint8Array {
  const model = {
    ir_version: IR_VERSION,
    producer_name: 'residual bench',
    opset_import: [{ domain: '', version: OPERATOR_SET }],
    graph: {
      name: 'network',
      node: nodes.map(nodeMessage),
      initializer: initializers.map(({ name, shape, values }) => ({
        name,
        dims: shape,
        data_type: FLOAT,
        raw_data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      })),
      input: [valueInfo(input)],
      output: [valueInfo(output)],
    },
  };
  const type = root.lookupType('Model');
  return type.encode(type.fromObject(model)).finish();
}

function nodeMessage({ opType, inputs, output, attributes }: OnnxNode): object {
  return {
    name: output,
    op_type: opType,
    input: inputs,
    output: [output],
    attribute: Object.entries(attributes).map(([name, value]) => {
      if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE_TYPES.integer };
      if (Array.isArray(value)) return { name, ints: value, type: ATTRIBUTE_TYPES.integers };
      return { name, f: value.float, type: ATTRIBUTE_TYPES.float };
    }),
  };
}

function valueInfo({ name, shape }: OnnxGraph['input']): object {
  const dim = shape.map((length) => ({ dim_value: length }));
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}
