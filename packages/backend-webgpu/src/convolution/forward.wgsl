// y[p, o] = bias[o] + sum over k of A[p, k] filter[k, o]: rows p are all positions of all pictures, k = (tap row i, tap column j,
// channel c), and A[p, (i, j, c)] = x[picture, row * stride + i - padding, column * stride + j - padding, c] is never written down.
// FOURS: the outputs of a group are a multiple of four, so that filter, bias and y are arrays of vectors.

fn work(index: u32, thread: u32) {
  let q = parameters;
  if (index >= q.tiles) { return; }
  let n0 = index % q.columnTiles * TILE_N;
  let m0 = index / q.columnTiles % q.rowTiles * TILE_M;
  let group = index / (q.columnTiles * q.rowTiles);

  // Where the thread's rows of A begin: picture, row and column of their window's corner.
  let pixel = q.groups * q.channels;
  let kk = thread % TILE_K;
  var corners: array<vec3i, 4u * LOADS_A>;
  for (var r = 0u; r < 4u * LOADS_A; r++) {
    let p = m0 + 4u * (thread / TILE_K + r / 4u * (THREADS / TILE_K)) + r % 4u;
    let picture = p / (q.rows * q.columns);
    let row = i32(p / q.columns % q.rows * q.strideRows) - i32(q.paddingRows);
    let column = i32(p % q.columns * q.strideColumns) - i32(q.paddingColumns);
    let outside = i32(-1 << 29); // no tap brings such a row into the picture
    corners[r] = vec3i(i32(picture * q.height * q.width), select(outside, row, p < q.positions), column);
  }
  // The tap and channel of the thread's column of A.
  var channel = kk % q.channels;
  var tap = vec2u(kk / q.channels / q.tapColumns, kk / q.channels % q.tapColumns);

  var sums: Sums;
  let depth = q.tapRows * q.tapColumns * q.channels;
  for (var k0 = 0u; k0 < depth; k0 += TILE_K) {
    for (var l = 0u; l < LOADS_A; l++) {
      var a = vec4f();
      if (tap.x < q.tapRows) {
        for (var r = 0u; r < 4u; r++) {
          let corner = corners[4u * l + r];
          let row = u32(corner.y + i32(tap.x));
          let column = u32(corner.z + i32(tap.y));
          if (row < q.height && column < q.width) {
            a[r] = f32(x[(u32(corner.x) + row * q.width + column) * pixel + group * q.channels + channel]);
          }
        }
      }
      tileA[kk][thread / TILE_K + l * (THREADS / TILE_K)] = a;
    }
    for (var l = 0u; l < LOADS_B; l++) {
      let slot = thread + l * THREADS;
      let k = k0 + slot / COLUMNS_OF_FOUR;
      let n = n0 + 4u * (slot % COLUMNS_OF_FOUR);
      var b = vec4f();
      if (k < depth) {
        let at = k * q.groups * q.outputs + group * q.outputs + n;
        if (FOURS) {
          if (n < q.outputs) { b = filters4[at / 4u]; }
        } else {
          for (var c = 0u; c < 4u; c++) { if (n + c < q.outputs) { b[c] = filters[at + c]; } }
        }
      }
      tileB[slot / COLUMNS_OF_FOUR][slot % COLUMNS_OF_FOUR] = b;
    }
    workgroupBarrier();
    addProducts(thread, &sums);
    workgroupBarrier();
    channel += TILE_K;
    while (channel >= q.channels) {
      channel -= q.channels;
      tap.y++;
      if (tap.y == q.tapColumns) { tap = vec2u(tap.x + 1u, 0u); }
    }
  }

  for (var m = 0u; m < THREAD_M; m++) {
    let p = m0 + firstRow(thread) + m;
    if (p >= q.positions) { break; }
    for (var v = 0u; v < VECTORS_N; v++) {
      let n = n0 + firstColumn(thread, v);
      var sum = sums[m * VECTORS_N + v];
      let o = group * q.outputs + n;
      let at = p * q.groups * q.outputs + o;
      if (FOURS) {
        if (n < q.outputs) {
          if (HAS_BIAS) { sum += bias4[o / 4u]; }
          y4[at / 4u] = y4Type(sum);
        }
      } else {
        for (var c = 0u; c < 4u; c++) {
          if (n + c < q.outputs) {
            if (HAS_BIAS) { sum[c] += bias[o + c]; }
            y[at + c] = yType(sum[c]);
          }
        }
      }
    }
  }
}
