const ROUNDER = 6755399441055744

/** The nearest whole number of a double below 2^51 in size; of two, the even one. The kernels round in the same way. */
export const round = (x: number): number => x + ROUNDER - ROUNDER
