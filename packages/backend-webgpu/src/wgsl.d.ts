/** A shader's text: tsup inlines it, vitest reads it through a plugin of the repository's vitest.config.ts. */
declare module '*.wgsl' {
  const text: string;
  export default text;
}
