import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Drawing } from './drawing.js';
import { PAD_SIDE, paint, pencil, type StrokePoint } from './stroke.js';

export interface DrawingPadProps {
  drawing: Drawing;
  /** Shown while there is nothing on it. */
  hint: string;
  /** While a stroke is drawn. */
  onChange: () => void;
  /** After a stroke, after undoing one and after clearing. */
  onDone: () => void;
}

/** A pad to draw on with mouse, finger or pen, whose pressure sets the brush's width. */
export function DrawingPad({ drawing, hint, onChange, onDone }: DrawingPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  /** The pointer that draws, and where the pad was when it began: should the page move meanwhile, the line doesn't. */
  const touch = useRef<{ pointer: number; pad: DOMRect }>(undefined);
  useSignalEffect(() => {
    const strokes = drawing.strokes.value;
    const colors = drawing.colors.value;
    const context = canvas.current?.getContext('2d');
    if (context) paint(context, strokes, colors);
  });

  const placeOf = (event: PointerEvent): StrokePoint => {
    const { left, top, width, height } = touch.current!.pad;
    const pressure = event.pointerType === 'pen' ? 0.5 + event.pressure : 1;
    return {
      x: ((event.clientX - left) * PAD_SIDE) / width,
      y: ((event.clientY - top) * PAD_SIDE) / height,
      width: drawing.width.value * pressure,
    };
  };
  const begin = (event: PointerEvent) => {
    if (touch.current !== undefined || event.button !== 0) return;
    event.preventDefault();
    touch.current = { pointer: event.pointerId, pad: canvas.current!.getBoundingClientRect() };
    canvas.current!.setPointerCapture(event.pointerId);
    drawing.begin(placeOf(event));
  };
  const extend = (event: PointerEvent) => {
    if (event.pointerId !== touch.current?.pointer) return;
    const coalesced = event.getCoalescedEvents?.() ?? [];
    drawing.extend((coalesced.length > 0 ? coalesced : [event]).map(placeOf));
    onChange();
  };
  const end = (event: PointerEvent) => {
    if (event.pointerId !== touch.current?.pointer) return;
    touch.current = undefined;
    onDone();
  };

  const isEmpty = drawing.strokes.value.length === 0;
  return (
    <div>
      <div class={drawing.colors.value === pencil ? 'pad bright' : 'pad'}>
        <canvas
          ref={canvas}
          width={PAD_SIDE}
          height={PAD_SIDE}
          role="img"
          aria-label="Drawing pad, for mouse, finger or pen. Without one, choose a file, paste, or use a test picture."
          onPointerDown={begin}
          onPointerMove={extend}
          onPointerUp={end}
          onPointerCancel={end}
        />
        {isEmpty && (
          <span class="pad-hint" aria-hidden="true">
            {hint}
          </span>
        )}
      </div>
      <div class="pad-tools">
        <button
          type="button"
          disabled={isEmpty}
          onClick={() => {
            drawing.undo();
            onDone();
          }}
        >
          Undo
        </button>
        <button
          type="button"
          disabled={isEmpty}
          onClick={() => {
            drawing.clear();
            onDone();
          }}
        >
          Clear
        </button>
        <label>
          Brush
          <input
            type="range"
            min="4"
            max="40"
            value={drawing.width.value}
            onInput={({ currentTarget }) => {
              drawing.width.value = currentTarget.valueAsNumber;
            }}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={drawing.fills.value}
            onChange={({ currentTarget }) => {
              drawing.fills.value = currentTarget.checked;
            }}
          />
          Fill outlines
        </label>
      </div>
    </div>
  );
}
