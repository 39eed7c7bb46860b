import { PictureProblem } from './guess.js';

const EXPECTED = 'a camera that this page may use';
const FIXES: Record<string, [received: string, fix: string]> = {
  NotAllowedError: [
    'a refusal',
    "Allow the camera in the browser's settings for this page and try again, or choose a file.",
  ],
  NotFoundError: ['none', 'Connect one and try again, or choose a file.'],
  NotReadableError: ['one that is in use', 'Close the program that uses it and try again, or choose a file.'],
};

/**
 * The pictures of a camera, the one at the back if there are two. Ask only after a click: the browser asks whoever
 * sits there. Stop its tracks afterwards.
 *
 * @throws PictureProblem when there is none, or it is not allowed.
 */
export async function openCamera(): Promise<MediaStream> {
  // Browsers hide the camera from pages that come unencrypted from elsewhere.
  if (!navigator.mediaDevices?.getUserMedia) {
    const fix = 'Open this page over https or on localhost, or choose a file.';
    throw new PictureProblem({ expected: EXPECTED, received: 'a page without access to cameras', fix });
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 640 }, height: { ideal: 640 } },
    });
  } catch (error) {
    const { name, message } = error as DOMException;
    const [received, fix] = FIXES[name] ?? [`${name}: ${message}`, 'Choose a file instead.'];
    throw new PictureProblem({ expected: EXPECTED, received, fix });
  }
}

export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The square in the middle of what the camera shows now, RGBA. */
export function snapshot(video: HTMLVideoElement, side = 280): ImageData {
  const square = Math.min(video.videoWidth, video.videoHeight);
  const context = new OffscreenCanvas(side, side).getContext('2d')!;
  const left = (video.videoWidth - square) / 2;
  const top = (video.videoHeight - square) / 2;
  context.drawImage(video, left, top, square, square, 0, 0, side, side);
  return context.getImageData(0, 0, side, side);
}
