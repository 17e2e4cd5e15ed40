/** Factors of symmetric positive definite matrices (row after row), and the linear systems that they solve. */

/** Lower triangle L with `matrix = L L'`; null where a pivot is at most `least` of the largest entry of the diagonal, so that there is no inverse worth having. */
export function choleskyOf(matrix: Float64Array, size: number, least = 0): Float64Array | null {
  const lower = new Float64Array(size * size);
  let largest = 0;
  for (let at = 0; at < size; at += 1) largest = Math.max(largest, matrix[at * size + at] as number);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * size + column] as number;
      for (let at = 0; at < column; at += 1)
        sum -= (lower[row * size + at] as number) * (lower[column * size + at] as number);
      if (row !== column) lower[row * size + column] = sum / (lower[column * size + column] as number);
      else if (sum > least * largest) lower[row * size + row] = Math.sqrt(sum);
      else return null;
    }
  return lower;
}

/** The x of `L L' x = right`. */
export function solvedBy(lower: Float64Array, right: Float64Array): Float64Array {
  const size = right.length;
  const x = Float64Array.from(right);
  for (let row = 0; row < size; row += 1) {
    for (let at = 0; at < row; at += 1)
      x[row] = (x[row] as number) - (lower[row * size + at] as number) * (x[at] as number);
    x[row] = (x[row] as number) / (lower[row * size + row] as number);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let at = row + 1; at < size; at += 1)
      x[row] = (x[row] as number) - (lower[at * size + row] as number) * (x[at] as number);
    x[row] = (x[row] as number) / (lower[row * size + row] as number);
  }
  return x;
}
