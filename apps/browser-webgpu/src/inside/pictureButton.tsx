import { ByteCanvas } from '../pixels/byteCanvas.js';
import type { LabelledPicture } from '../session/session.js';

export interface PictureButtonProps {
  picture: LabelledPicture;
  words: { isRight: boolean; actual: string; verdict: string; label: string };
  chosen: boolean;
  onChoose: () => void;
}

/** A picture to choose, with what it is and, where the model is wrong, what it is taken for. */
export function PictureButton({ picture, words, chosen, onChoose }: PictureButtonProps) {
  return (
    <button
      type="button"
      class="picture"
      aria-pressed={chosen}
      aria-label={`Picture ${picture.index}: ${words.label}`}
      onClick={onChoose}
    >
      <ByteCanvas pixels={picture.pixels} width={28} height={28} />
      <span class="picture-actual">{words.actual}</span>
      <span class={words.isRight ? 'verdict right' : 'verdict wrong'}>{words.verdict}</span>
    </button>
  );
}
