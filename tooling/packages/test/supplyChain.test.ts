import { describe, expect, it } from 'vitest';
import { assertBillOfMaterials, assertLicenses } from '../src/supplyChain.ts';

describe('licences', () => {
  it('are allowed, or known by the name of the package', () => {
    assertLicenses({ MIT: [{ name: 'a' }], 'LGPL-3.0-or-later': [{ name: '@img/sharp-libvips-linux-x64' }] });
  });

  it.each([
    ['GPL-3.0', 'a'],
    ['LGPL-3.0-or-later', 'another'],
    ['Unknown', 'a'],
    ['MIT OR GPL-2.0', 'a'],
  ])('%s of %s fails', (license, name) => {
    expect(() => assertLicenses({ MIT: [{ name: 'b' }], [license]: [{ name }] })).toThrow(
      `${name} has ${license}`,
    );
  });

  it('fail where none is listed', () => expect(() => assertLicenses({})).toThrow('received none'));
});

describe('a bill of materials', () => {
  const bill = (...more: object[]) => ({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [{ type: 'library', name: 'tfjs-core', version: '4.22.0' }, ...more],
  });

  it('is what the schema says', () => assertBillOfMaterials(JSON.stringify(bill())));

  it.each([
    ['a component without a name', bill({ type: 'library' })],
    ['a licence that is none', bill({ type: 'library', name: 'a', licenses: [{ license: { id: 'MINE' } }] })],
    ['an unknown field', bill({ type: 'library', name: 'a', colour: 'red' })],
    ['another version', { ...bill(), specVersion: '9.9' }],
    ['nothing in it', { ...bill(), components: [] }],
  ])('fails with %s', (_, value) =>
    expect(assertBillOfMaterials(JSON.stringify(value))).rejects.toThrow(/^bill of materials: /),
  );
});
