import type { Piece } from '@residual/data';
import { fashionMnistSource } from '@residual/fashion-mnist';

/** What is trained on where nobody says what: comes with the command. */
export const defaultSource: Piece = fashionMnistSource();
