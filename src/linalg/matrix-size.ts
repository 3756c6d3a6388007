/** Bytes that Spark counts for a dense matrix: one array header, the doubles, two ints and a flag. */
export const denseBytes = (numRows: number, numCols: number): number => 8 * numRows * numCols + 12 + 9

/** Bytes that Spark counts for a sparse matrix with `nnz` entries in `majors` columns (or rows, stored by rows). */
export const sparseBytes = (nnz: number, majors: number): number => 12 * nnz + 4 * (majors + 1) + 3 * 12 + 9
