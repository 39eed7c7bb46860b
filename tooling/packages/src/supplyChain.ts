import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

/** Licences that anything may have that is installed with the packages or the command: none asks more than to be named. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
]);

/** Packages of other licences, and why they may have them; of each platform there is one. */
const EXCEPTIONS: readonly [name: RegExp, license: string, reason: string][] = [
  [/^@img\/sharp-libvips-/, 'LGPL-3.0-or-later', 'a library of its own file, which anybody can replace'],
  [
    /^@resvg\/resvg-js/,
    'MPL-2.0',
    'used as it is: what is changed of its own files would have to be published',
  ],
  [
    /^dejavu-fonts-ttf$/,
    'Unknown',
    'its licence is in its files: that of Bitstream Vera, free to be passed on',
  ],
];

/** What `pnpm licenses list --json` tells: by licence, the packages of it. */
export type Licenses = Readonly<Record<string, readonly { name: string }[]>>;

/** @throws with each package whose licence is neither allowed nor known by name. */
export function assertLicenses(listed: Licenses): void {
  const isKnown = (name: string, license: string) =>
    ALLOWED.has(license) || EXCEPTIONS.some(([known, its]) => known.test(name) && its === license);
  const packages = Object.entries(listed).flatMap(([license, all]) =>
    all.map(({ name }) => ({ name, license })),
  );
  if (packages.length === 0) throw new Error('licences: expected those of the packages, received none');
  const strange = packages.filter(({ name, license }) => !isKnown(name, license));
  if (strange.length > 0) {
    const words = strange.map(({ name, license }) => `${name} has ${license}`);
    throw new Error(`licences: expected ${[...ALLOWED].join(', ')}; ${words.join('; ')}`);
  }
}

interface Bill {
  specVersion?: string;
  components?: { name?: string }[];
}

/** @throws with what CycloneDX's own schema says against the bill of materials, or where it has nothing in it. */
export async function assertBillOfMaterials(text: string): Promise<void> {
  const problem = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (problem !== null) throw new Error(`bill of materials: ${JSON.stringify(problem)}`);
  const { specVersion, components = [] } = JSON.parse(text) as Bill;
  if (specVersion !== Spec.Version.v1dot6) {
    throw new Error(`bill of materials: expected version ${Spec.Version.v1dot6}, received ${specVersion}`);
  }
  if (!components.some(({ name }) => name === 'tfjs-core')) {
    throw new Error('bill of materials: expected what the packages depend on, such as tfjs-core');
  }
}
