import { useRef } from 'preact/hooks';
import { formatCount } from '../train/format.js';
import { ownPictures, takeFiles } from '../train/run.js';

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
          ? `${formatCount(pictures.train)} pictures to train on, ${formatCount(pictures.test)} to test with.`
          : 'Choose them, or drop them here: MNIST’s format, 28 x 28, ten classes, packed (.gz) or not. They stay in this browser.'}
      </p>
    </section>
  );
}
