import { useRef } from 'preact/hooks';
import { formatCount } from '../format.js';
import { ownPictures, takeFiles } from '../run/run.js';
import type { OwnPictures } from '../session/session.js';

/** Where the four files of one's own data set are chosen, or dropped. */
export function OwnFiles() {
  const picker = useRef<HTMLInputElement>(null);
  const pictures = ownPictures.value;
  return (
    <section
      class="own-files"
      aria-label="Your own IDX files"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void takeFiles([...event.dataTransfer!.files]);
      }}
    >
      <button type="button" onClick={() => picker.current!.click()}>
        Choose the four files …
      </button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Four IDX files"
        onChange={({ currentTarget }) => {
          const files = [...currentTarget.files!];
          // So that the same files can be chosen again.
          currentTarget.value = '';
          if (files.length > 0) void takeFiles(files);
        }}
      />
      <p class="hint" role="status" data-own={pictures?.train}>
        {pictures
          ? wordsOf(pictures)
          : 'Choose them, or drop them here: MNIST’s format, grey or in colour, of any size and any number of classes, packed (.gz) or not. They stay in this browser.'}
      </p>
    </section>
  );
}

function wordsOf({ train, test, width, height, channels, classes }: OwnPictures): string {
  const kind = `${width} x ${height} pixels, ${channels === 3 ? 'in colour' : 'grey'}, ${formatCount(classes)} classes`;
  return `${formatCount(train)} pictures to train on, ${formatCount(test)} to test with: ${kind}.`;
}
