/** Keras's fuzz factor: what probabilities and divisors are kept away from 0 by. */
export const EPSILON = 1e-7
