// dFilter[k, o] = sum over positions p of A[p, k] dy[p, o], with A as in forward.wgsl. A tile is 64 or so of the filter's rows k by
// outputs o; the positions fall into `splits`, whose sums a second pass adds in a fixed order. The sum of dy over the
// positions, which is the bias's gradient, comes along: dy is in the tile already.
// FOUR_CHANNELS: those of a group are a multiple of four, so that x is an array of vectors, of one tap each. FOUR_OUTPUTS:
// likewise dy and dFilter.

fn work(index: u32, thread: u32) {
  let q = parameters;
  if (index >= q.tiles) { return; }
  let n0 = index % q.columnTiles * TILE_N;
  let m0 = index / q.columnTiles % q.rowTiles * TILE_M;
  let part = index / (q.columnTiles * q.rowTiles);
  let group = part % q.groups;
  let split = part / q.groups;
  let end = min(q.positions, (split + 1u) * q.positionsPerSplit);

  let depth = q.tapRows * q.tapColumns * q.channels; // rows of the filter
  let pixel = q.groups * q.channels;
  let allOutputs = q.groups * q.outputs;
  // The thread's vectors of A: each is four rows of the filter (row and column of the tap, channel) at one position.
  var taps: array<vec3i, 4u * LOADS_A>;
  var places: array<vec3u, LOADS_A>; // picture, row, column
  for (var l = 0u; l < LOADS_A; l++) {
    let slot = thread + l * THREADS;
    for (var r = 0u; r < 4u; r++) {
      let k = m0 + 4u * (slot % ROWS_OF_FOUR) + r;
      let tap = k / q.channels;
      let row = select(i32(-1 << 29), i32(tap / q.tapColumns), k < depth) - i32(q.paddingRows);
      taps[4u * l + r] = vec3i(row, i32(tap % q.tapColumns) - i32(q.paddingColumns), i32(k % q.channels));
    }
    let p = split * q.positionsPerSplit + slot / ROWS_OF_FOUR;
    places[l] = vec3u(p / (q.rows * q.columns), p / q.columns % q.rows, p % q.columns);
  }

  var sums: Sums;
  var biasSums: array<vec4f, VECTORS_N>;
  for (var p0 = split * q.positionsPerSplit; p0 < end; p0 += TILE_K) {
    for (var l = 0u; l < LOADS_A; l++) {
      let slot = thread + l * THREADS;
      var a = vec4f();
      var place = places[l];
      if (p0 + slot / ROWS_OF_FOUR < end) {
        for (var r = 0u; r < select(4u, 1u, FOUR_CHANNELS); r++) {
          let tap = taps[4u * l + r];
          let row = u32(i32(place.y * q.strideRows) + tap.x);
          let column = u32(i32(place.z * q.strideColumns) + tap.y);
          if (row < q.height && column < q.width) {
            let at = ((place.x * q.height + row) * q.width + column) * pixel + group * q.channels + u32(tap.z);
            if (FOUR_CHANNELS) { a = vec4f(x4[at / 4u]); } else { a[r] = f32(x[at]); }
          }
        }
      }
      tileA[slot / ROWS_OF_FOUR][slot % ROWS_OF_FOUR] = a;
      place.z += TILE_K;
      while (place.z >= q.columns) {
        place.z -= q.columns;
        place.y++;
        if (place.y == q.rows) { place = vec3u(place.x + 1u, 0u, place.z); }
      }
      places[l] = place;
    }
    for (var l = 0u; l < LOADS_B; l++) {
      let slot = thread + l * THREADS;
      let p = p0 + slot / COLUMNS_OF_FOUR;
      let n = n0 + 4u * (slot % COLUMNS_OF_FOUR);
      var b = vec4f();
      if (p < end) {
        let at = p * allOutputs + group * q.outputs + n;
        if (FOUR_OUTPUTS) {
          if (n < q.outputs) { b = dy4[at / 4u]; }
        } else {
          for (var c = 0u; c < 4u; c++) { if (n + c < q.outputs) { b[c] = dy[at + c]; } }
        }
      }
      tileB[slot / COLUMNS_OF_FOUR][slot % COLUMNS_OF_FOUR] = b;
    }
    workgroupBarrier();
    addProducts(thread, &sums);
    if (HAS_BIAS && m0 == 0u && thread < THREADS_N) {
      for (var k = 0u; k < TILE_K; k++) {
        for (var v = 0u; v < VECTORS_N; v++) { biasSums[v] += tileB[k][thread + v * THREADS_N]; }
      }
    }
    workgroupBarrier();
  }

  for (var m = 0u; m < THREAD_M; m++) {
    let k = m0 + firstRow(thread) + m;
    if (k >= depth) { break; }
    for (var v = 0u; v < VECTORS_N; v++) {
      let n = n0 + firstColumn(thread, v);
      let sum = sums[m * VECTORS_N + v];
      let at = (split * depth + k) * allOutputs + group * q.outputs + n;
      if (FOUR_OUTPUTS) {
        if (n < q.outputs) { dFilter4[at / 4u] = sum; }
      } else {
        for (var c = 0u; c < 4u; c++) { if (n + c < q.outputs) { dFilter[at + c] = sum[c]; } }
      }
    }
  }
  if (HAS_BIAS && m0 == 0u && thread < THREADS_N) {
    for (var v = 0u; v < VECTORS_N; v++) {
      let n = n0 + firstColumn(thread, v);
      for (var c = 0u; c < 4u; c++) {
        if (n + c < q.outputs) { dBias[split * allOutputs + group * q.outputs + n + c] = biasSums[v][c]; }
      }
    }
  }
}
