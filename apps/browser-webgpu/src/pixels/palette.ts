/** The 256 colours of viridis, six hexadecimal digits each: d3's, which the build writes here (vite.config.ts). */
declare const VIRIDIS: string;

/**
 * Viridis: brightness rises evenly along it, so it reads the same for colour-blind eyes and in a grey print.
 * 256 colours, 3 bytes each.
 */
export const viridis: Uint8Array = Uint8Array.from({ length: 3 * 256 }, (_, i) =>
  Number.parseInt(VIRIDIS.slice(2 * i, 2 * i + 2), 16),
);

/** A colour of viridis as CSS has it, and black or white, whichever is the easier to read on it. */
export function viridisAt(value: number): { ground: string; ink: string } {
  const at = 3 * Math.round(255 * Math.min(1, Math.max(0, value)));
  const [r, g, b] = viridis.subarray(at, at + 3) as unknown as [number, number, number];
  // Black and white have equal contrast where the luminance is sqrt(1.05 * 0.05) - 0.05 (WCAG 2.2, "contrast ratio").
  return { ground: `rgb(${r} ${g} ${b})`, ink: luminance(r, g, b) > 0.179 ? '#000' : '#fff' };
}

/** WCAG 2.2, "relative luminance". */
function luminance(...channels: [number, number, number]): number {
  const [r, g, b] = channels.map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
