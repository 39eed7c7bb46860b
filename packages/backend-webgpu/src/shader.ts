/** What a parameter is. */
export type ParameterType = 'f32' | 'i32' | 'u32';

/** What an element of a storage buffer is. A vector takes four values of a tensor at once. */
export type ElementType = ParameterType | 'vec4f';

/** Whole, not negative numbers of these names. */
export function unsigned<Name extends string>(...names: Name[]): Record<Name, 'u32'> {
  return Object.fromEntries(names.map((name) => [name, 'u32'])) as Record<Name, 'u32'>;
}

/** A compute shader: its body in WGSL, and the names under which the body finds buffers, parameters and constants. */
export interface Shader<Tensor extends string = string, Parameter extends string = string> {
  readonly name: string;
  /** The body, from `.wgsl` files, in the order in which they build on each other. */
  readonly code: readonly string[];
  /** Storage buffers that the shader only reads. */
  readonly inputs: Readonly<Partial<Record<Tensor, ElementType>>>;
  /** Storage buffers that the shader writes. */
  readonly outputs: Readonly<Partial<Record<Tensor, ElementType>>>;
  /** The members of the uniform `parameters`. */
  readonly parameters: Readonly<Record<Parameter, ParameterType>>;
}

export type ShaderConstants = Readonly<Record<string, number | boolean>>;

/**
 * The whole WGSL module. The body sees each constant under its name and each buffer as an array. A buffer that is absent is an
 * array of one element in private memory: the body leaves it alone behind a constant such as `HAS_ADDEND`.
 */
export function shaderText(
  shader: Shader,
  constants: ShaderConstants,
  isPresent: (tensor: string) => boolean,
): string {
  const lines = Object.entries(constants).map(([name, value]) =>
    typeof value === 'boolean' ? `const ${name} = ${value};` : `const ${name} = ${value}u;`,
  );
  let binding = 0;
  const declare = (tensors: Shader['inputs'], access: string) => {
    for (const [name, type] of Object.entries(tensors)) {
      lines.push(
        isPresent(name)
          ? `@group(0) @binding(${binding++}) var<storage, ${access}> ${name}: array<${type}>;`
          : `var<private> ${name}: array<${type}, 1>;`,
      );
    }
  };
  declare(shader.inputs, 'read');
  declare(shader.outputs, 'read_write');
  const members = Object.entries(shader.parameters).map(([name, type]) => `${name}: ${type}`);
  lines.push(`struct Parameters { ${members.join(', ')} }`);
  lines.push(`@group(0) @binding(${binding}) var<uniform> parameters: Parameters;`);
  return [...lines, ...shader.code].join('\n');
}

/** The uniform's bytes: each member is 4 bytes, one after the other. */
export function parameterWords(shader: Shader, values: Readonly<Record<string, number>>): Uint32Array {
  const names = Object.keys(shader.parameters);
  const words = new Uint32Array(names.length);
  const floats = new Float32Array(words.buffer);
  for (const [i, name] of names.entries()) {
    if (shader.parameters[name] === 'f32') floats[i] = values[name]!;
    else words[i] = values[name]!;
  }
  return words;
}
