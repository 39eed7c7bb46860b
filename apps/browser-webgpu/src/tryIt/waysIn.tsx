import type { Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { openCamera } from './camera.js';
import { pictureOnClipboard } from './clipboard.js';
import type { Guess } from './guess.js';

export interface WaysInProps {
  guess: Guess;
  /** What the camera shows, while it is open. */
  camera: Signal<MediaStream | undefined>;
}

/** The ways to give a picture other than drawing it or dropping it here; all work with the keyboard alone. */
export function WaysIn({ guess, camera }: WaysInProps) {
  const file = useRef<HTMLInputElement>(null);
  const choose = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const chosen = currentTarget.files?.[0];
    if (chosen !== undefined) void guess.giveFile(() => chosen);
    // So that the same file can be chosen again.
    currentTarget.value = '';
  };
  return (
    <div class="pad-tools">
      <input ref={file} type="file" accept="image/*" hidden aria-label="Picture file" onChange={choose} />
      <button type="button" onClick={() => file.current!.click()}>
        Choose a file
      </button>
      <button type="button" onClick={() => void guess.giveFile(pictureOnClipboard)}>
        Paste
      </button>
      {camera.value === undefined && (
        <button
          type="button"
          onClick={() =>
            void guess.attempt(async () => {
              camera.value = await openCamera();
            })
          }
        >
          Use the camera
        </button>
      )}
      <button type="button" onClick={() => void guess.giveFrom(() => guess.testPicture())}>
        Use a test picture
      </button>
    </div>
  );
}
