import { historyCsv } from '@residual/logs';
import { dismiss, notify } from '../notices/notices.js';
import { epochHistory, modelVersion, plan, saved, trainLoss } from '../run/run.js';
import { session } from '../session/connect.js';
import { messageOf } from '../session/errors.js';
import { shareAddress } from '../settings/settings.js';
import { download } from './download.js';
import { eventFile } from './eventFile.js';
import { plotPng, plotSvg } from './picture.js';

/** Tells of a failure under the button's title instead of throwing it away. */
async function attempt(name: string, title: string, work: () => Promise<void>): Promise<void> {
  dismiss(name);
  try {
    await work();
  } catch (error) {
    notify({ name, tone: 'error', title, text: messageOf(error) });
  }
}

export function downloadWeights(): Promise<void> {
  return attempt('download', 'The weights could not be downloaded', async () => {
    const [bytes, { name }] = await Promise.all([session.weights(), session.model()]);
    download(`${name}.safetensors`, new Blob([bytes as Uint8Array<ArrayBuffer>]));
  });
}

export function loadWeights(file: File): Promise<void> {
  return attempt('load', `${file.name} could not be loaded`, async () => {
    const { name } = await session.loadWeights(new Uint8Array(await file.arrayBuffer()));
    modelVersion.value++;
    notify({
      name: 'load',
      tone: 'note',
      title: `${file.name} is loaded`,
      text: `The panels below now ask this ${name}.`,
    });
  });
}

export function forget(): Promise<void> {
  return attempt('forget', 'The saved run could not be removed', async () => {
    await session.forget();
    saved.value = null;
  });
}

export function share(): Promise<void> {
  return attempt('share', 'The link could not be copied', async () => {
    const address = shareAddress();
    try {
      await navigator.clipboard.writeText(address);
      notify({
        name: 'share',
        tone: 'note',
        title: 'The link is copied',
        text: `It holds every setting: ${address}`,
      });
    } catch {
      // Without permission the user can still copy it by hand.
      notify({ name: 'share', tone: 'note', title: 'A link with every setting', text: address });
    }
  });
}

export function exportPng(): Promise<void> {
  return attempt('export', 'The picture could not be made', async () =>
    download('curves.png', await plotPng()),
  );
}

export function exportSvg(): void {
  download('curves.svg', new Blob([plotSvg()], { type: 'image/svg+xml' }));
}

export function exportHistory(): void {
  const text = `${JSON.stringify(epochHistory.value, null, 2)}\n`;
  download('history.json', new Blob([text], { type: 'application/json' }));
}

export function exportCsv(): void {
  download('history.csv', new Blob([historyCsv(epochHistory.value)], { type: 'text/csv' }));
}

export function exportTensorBoard(): void {
  const { name, bytes } = eventFile(epochHistory.value, trainLoss.value, plan.value?.stepsPerEpoch);
  download(name, new Blob([bytes as Uint8Array<ArrayBuffer>]));
}
