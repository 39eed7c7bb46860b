// One tile of a matrix product. Each step loads TILE_K columns of A and rows of B into workgroup memory; a thread then
// adds their products to its THREAD_M x 4 * VECTORS_N part of the result, one k after the other: every tile size sums in the
// same order.

const THREADS_N = TILE_N / (4u * VECTORS_N);
const THREADS_M = TILE_M / THREAD_M;
const THREADS = THREADS_M * THREADS_N;
const ROWS_OF_FOUR = TILE_M / 4u;
const COLUMNS_OF_FOUR = TILE_N / 4u;
/** Vectors of A that a thread loads in a step. */
const LOADS_A = TILE_K * ROWS_OF_FOUR / THREADS;
const LOADS_B = TILE_K * COLUMNS_OF_FOUR / THREADS;

/** [k][m / 4], four rows of A in a vector; one more, so that the k of one m fall into different banks. */
var<workgroup> tileA: array<array<vec4f, ROWS_OF_FOUR + 1u>, TILE_K>;
/** [k][n / 4], four columns of B in a vector, and one more. */
var<workgroup> tileB: array<array<vec4f, COLUMNS_OF_FOUR + 1u>, TILE_K>;

/** Row by row of the thread: THREAD_M rows of VECTORS_N vectors. */
alias Sums = array<vec4f, THREAD_M * VECTORS_N>;

fn addProducts(thread: u32, sums: ptr<function, Sums>) {
  let row = thread / THREADS_N * (THREAD_M / 4u);
  let column = thread % THREADS_N;
  for (var k = 0u; k < TILE_K; k++) {
    var b: array<vec4f, VECTORS_N>;
    for (var n = 0u; n < VECTORS_N; n++) { b[n] = tileB[k][column + n * THREADS_N]; }
    for (var m = 0u; m < THREAD_M / 4u; m++) {
      let a = tileA[k][row + m];
      for (var n = 0u; n < VECTORS_N; n++) {
        let at = 4u * m * VECTORS_N + n;
        (*sums)[at] += a.x * b[n];
        (*sums)[at + VECTORS_N] += a.y * b[n];
        (*sums)[at + 2u * VECTORS_N] += a.z * b[n];
        (*sums)[at + 3u * VECTORS_N] += a.w * b[n];
      }
    }
  }
}

/** The first row of the thread in the tile; its rows follow each other. */
fn firstRow(thread: u32) -> u32 { return thread / THREADS_N * THREAD_M; }

/** The first of four columns of the thread's vector n in the tile. */
fn firstColumn(thread: u32, n: u32) -> u32 { return 4u * (thread % THREADS_N + n * THREADS_N); }
