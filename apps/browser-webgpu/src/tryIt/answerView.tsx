import type { RawPicture } from '@residual/data';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ByteCanvas } from '../pixels/byteCanvas.js';
import { ClassBars } from '../pixels/classBars.js';
import type { Picture } from '../session/session.js';
import type { Guess } from './guess.js';

/** The picture that was given, the picture that the network sees, and what it says. */
export function AnswerView({ guess }: { guess: Guess }) {
  const picture = guess.picture.value;
  const answer = guess.answer.value;
  const best = answer?.classes[0];
  return (
    <div class="answer">
      <div role="status">
        <h3>{best ? `Looks like: ${best.className}` : 'The answer comes here'}</h3>
      </div>
      {picture && answer ? (
        <>
          <div class="answer-pictures">
            <figure>
              <GivenCanvas picture={picture} />
              <figcaption>Your picture</figcaption>
            </figure>
            <figure>
              <ByteCanvas
                pixels={answer.pixels}
                width={answer.width}
                height={answer.height}
                label={`The picture as the network sees it: ${kindOf(answer)}, ${answer.width} x ${answer.height} pixels`}
              />
              <figcaption>
                As the network sees it, {answer.width} x {answer.height}
              </figcaption>
            </figure>
          </div>
          <ClassBars classes={answer.classes} />
        </>
      ) : (
        <p class="hint">
          {guess.asking.value
            ? 'The network looks at it…'
            : 'Draw or give a picture: you see what the network makes of it, and the likeliest classes.'}
        </p>
      )}
    </div>
  );
}

const kindOf = ({ pixels, width, height }: Picture) =>
  pixels.length === width * height ? 'grey' : 'coloured';

function GivenCanvas({ picture: { data, width, height } }: { picture: RawPicture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const pixels = new ImageData(new Uint8ClampedArray(data), width, height);
    canvas.current?.getContext('2d')?.putImageData(pixels, 0, 0);
  }, [data, width, height]);
  return (
    <canvas class="given" ref={canvas} width={width} height={height} role="img" aria-label="Your picture" />
  );
}
