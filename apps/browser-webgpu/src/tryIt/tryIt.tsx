import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Pace } from '../asking/pace.js';
import { defaultPictures } from '../defaults.js';
import { modelVersion } from '../run/run.js';
import { session } from '../session/connect.js';
import type { NetworkFacts } from '../session/session.js';
import { AnswerView } from './answerView.js';
import { fileFrom, watchArrivals } from './arrivals.js';
import { CameraView } from './cameraView.js';
import { Drawing } from './drawing.js';
import { DrawingPad } from './drawingPad.js';
import { Guess } from './guess.js';
import { chalk, pencil } from './stroke.js';
import { WaysIn } from './waysIn.js';
import './tryIt.css';

const guess = new Guess(session);
const drawing = new Drawing();

/** So many classes can be named in a sentence. */
const FEW = 6;

function classifyDrawing() {
  if (drawing.strokes.value.length === 0) guess.forget();
  else guess.give(drawing.picture());
}

/** While a line is drawn, the answer follows it. */
const pace = new Pace(async () => classifyDrawing(), { leastPause: 250, share: 1 });

/** What to give to a network. */
function wordsOf(network: NetworkFacts | undefined) {
  if (network === undefined || network.data === defaultPictures.name) return defaultPictures;
  const few = network.classNames.length <= FEW ? ` of ${listed(network.classNames)}` : '';
  return {
    invitation: `Draw, drop or paste a picture${few} anywhere on this page, or use the camera.`,
    drawing: 'Draw here…',
    camera: 'One thing on a plain ground works best.',
  };
}

const listed = (names: readonly string[]) => new Intl.ListFormat('en', { type: 'disjunction' }).format(names);

/** The panel "Try it": your own picture, and what the network takes it for. */
export function TryIt() {
  const panel = useRef<HTMLElement>(null);
  const isOver = useSignal(false);
  const camera = useSignal<MediaStream | undefined>(undefined);

  // The network has learnt something, or has become another.
  useSignalEffect(() => {
    if (modelVersion.value > 0) guess.again();
  });

  // What it has learnt is drawn as it was shown.
  useSignalEffect(() => {
    drawing.colors.value = guess.network.value?.isLightOnDark === false ? pencil : chalk;
  });

  useEffect(() => {
    const section = panel.current!;
    return watchArrivals(section, {
      onHover: (over) => {
        isOver.value = over;
      },
      onArrival: (transfer) => {
        section.scrollIntoView({ block: 'nearest' });
        void guess.giveFile(() => fileFrom(transfer));
      },
    });
  }, [isOver]);

  const words = wordsOf(guess.network.value);
  return (
    <section
      class={isOver.value ? 'panel try-it over' : 'panel try-it'}
      aria-labelledby="try-title"
      ref={panel}
    >
      <h2 id="try-title">Try it</h2>
      <p class="hint">{words.invitation}</p>
      {guess.problem.value && (
        <div class="try-problem" role="alert">
          <p>{guess.problem.value}</p>
          <button
            type="button"
            onClick={() => {
              guess.problem.value = undefined;
            }}
          >
            Dismiss
          </button>
        </div>
      )}
      <div class="try-columns">
        <div>
          {camera.value ? (
            <CameraView
              stream={camera.value}
              advice={words.camera}
              onPicture={(picture) => guess.give(picture)}
              onClose={() => {
                camera.value = undefined;
              }}
            />
          ) : (
            <DrawingPad
              drawing={drawing}
              hint={words.drawing}
              onChange={() => pace.wish()}
              onDone={() => pace.now()}
            />
          )}
          <WaysIn guess={guess} camera={camera} />
        </div>
        <AnswerView guess={guess} />
      </div>
    </section>
  );
}
