import { ByteCanvas } from '../pixels/byteCanvas.js';
import type { LabelledPicture } from '../session/session.js';
import { nameOf, percent } from './words.js';

export interface PictureButtonProps {
  picture: LabelledPicture;
  classNames: readonly string[];
  isChosen: boolean;
  onChoose: () => void;
}

/** A picture to choose, with what it is and what the model takes it for. */
export function PictureButton({ picture, classNames, isChosen, onChoose }: PictureButtonProps) {
  const { pixels, width, height, label, predicted, probability } = picture;
  const isRight = label === predicted;
  const verdict = isRight ? 'recognised' : `taken for ${nameOf(classNames, predicted)}`;
  return (
    <button type="button" class="picture" aria-pressed={isChosen} onClick={onChoose}>
      <ByteCanvas pixels={pixels} width={width} height={height} />
      <span>{nameOf(classNames, label)}</span>{' '}
      <span class={isRight ? 'verdict right' : 'verdict wrong'}>
        {verdict}, {percent(probability)}
      </span>
    </button>
  );
}
