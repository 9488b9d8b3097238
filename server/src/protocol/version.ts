/** Spoken between server and scoring process. Both come in one package, so a mismatch means a broken installation. */
export const SCORER_PROTOCOL = 7;
