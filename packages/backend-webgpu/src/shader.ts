/** What a parameter is. */
export type ParameterType = 'f32' | 'i32' | 'u32';

/**
 * What an element of a storage buffer is. A vector takes four values of a tensor at once. `stored`: f32, or f16 where the tensor
 * is kept so; the body converts what it reads by `f32()` or `vec4f()`, and what it writes into y by `yType()`.
 */
export type ElementType = ParameterType | 'vec4f' | keyof (typeof STORED)['float32'];

/** How the values of a tensor are kept on the device. To tfjs they are float32 in any case. */
export type Storage = 'float32' | 'float16';

const STORED = {
  float32: { stored: 'f32', vec4stored: 'vec4f' },
  float16: { stored: 'f16', vec4stored: 'vec4h' },
} as const;

/** Whether a shader takes a buffer of this type in either storage. */
export function takesBoth(type: ElementType): type is keyof (typeof STORED)['float32'] {
  return type in STORED.float32;
}

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
 *
 * @param storageOf how a tensor is kept; undefined: it is absent
 */
export function shaderText(
  shader: Shader,
  constants: ShaderConstants,
  storageOf: (tensor: string) => Storage | undefined,
): string {
  const names = [...Object.keys(shader.inputs), ...Object.keys(shader.outputs)];
  const lines = names.some((name) => storageOf(name) === 'float16') ? ['enable f16;'] : [];
  const declared = Object.entries(constants).map(([name, value]) =>
    typeof value === 'boolean' ? `const ${name} = ${value};` : `const ${name} = ${value}u;`,
  );
  lines.push(...declared);
  let binding = 0;
  const declare = (tensors: Shader['inputs'], access: string) => {
    for (const [name, type] of Object.entries(tensors as Record<string, ElementType>)) {
      const storage = storageOf(name);
      lines.push(`alias ${name}Type = ${takesBoth(type) ? STORED[storage ?? 'float32'][type] : type};`);
      lines.push(
        storage === undefined
          ? `var<private> ${name}: array<${name}Type, 1>;`
          : `@group(0) @binding(${binding++}) var<storage, ${access}> ${name}: array<${name}Type>;`,
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
