const PROPERTIES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-family',
  'font-size',
  'font-weight',
];
const MARGIN = 16;
const LEGEND = 28;

/** The plot on the page as an SVG file of its own: colours and fonts as they are shown, with the legend below. */
export function plotSvg(): string {
  const plot = document.querySelector<SVGSVGElement>('svg.plot')!;
  const copy = plot.cloneNode(true) as SVGSVGElement;
  const originals = plot.querySelectorAll<SVGElement>('*');
  copy.querySelectorAll<SVGElement>('*').forEach((element, i) => {
    const style = getComputedStyle(originals[i]!);
    element.removeAttribute('class');
    element.removeAttribute('style');
    for (const property of PROPERTIES) element.setAttribute(property, style.getPropertyValue(property));
  });
  const { width, height } = plot.viewBox.baseVal;
  const page = getComputedStyle(document.querySelector('.chart')!.closest('.panel')!);
  const names = [...document.querySelectorAll<HTMLLIElement>('.legend li')].map((item, i) => {
    const stroke = getComputedStyle(item.querySelector('line')!).stroke;
    const x = MARGIN + 44 + i * ((width - 60) / 3);
    const text = `${item.querySelector('span')!.textContent} ${item.querySelector('b')!.textContent}`;
    return `<text x="${x}" y="${height + LEGEND}" fill="${stroke}" font-family="sans-serif" font-size="13">${text}</text>`;
  });
  const [w, h] = [width + 2 * MARGIN, height + LEGEND + 2 * MARGIN];
  copy.setAttribute('x', String(MARGIN));
  copy.setAttribute('y', String(MARGIN));
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">` +
    `<rect width="${w}" height="${h}" fill="${page.backgroundColor}"/>` +
    `${new XMLSerializer().serializeToString(copy)}${names.join('')}</svg>`
  );
}

/** The same at twice the size, as a PNG. */
export async function plotPng(): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(plotSvg())}`;
  await image.decode();
  const canvas = new OffscreenCanvas(2 * image.width, 2 * image.height);
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/png' });
}
