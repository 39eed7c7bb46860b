/** An integer, a list of integers, or a float. */
export type OnnxAttribute = number | number[] | { float: number };

export interface OnnxNode {
  opType: string;
  inputs: string[];
  output: string;
  attributes: Record<string, OnnxAttribute>;
}

/** An ONNX graph of float32 tensors with one input and one output. */
export interface OnnxGraph {
  nodes: OnnxNode[];
  initializers: { name: string; shape: number[]; values: Float32Array }[];
  input: { name: string; shape: number[] };
  output: { name: string; shape: number[] };
}
