// Mapping the fields of a file that is not recognised: what can be asked, and what a mapping would read.
import type { MappingRule } from '#core/config/config.ts';
import type { FieldSeen } from '#core/config/fieldsSeen.ts';
import type { SuggestedReading } from '#core/config/readingWords.ts';

export type { FieldSeen, MappingRule };

/** The fields of a file's first records, and the entries that would read them. */
export interface MappingFields {
  readonly fields: readonly FieldSeen[];
  /** One if it is certain which answer is better; several if the person has to say it. */
  readonly readings: readonly SuggestedReading[];
}

/** A pair as a mapping reads it, each text cut. */
export interface PreviewPair {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
  readonly isTie: boolean;
}

export interface MappingPreview {
  /** Of the first records that have one. */
  readonly pairs: readonly PreviewPair[];
  /** How many of the records looked at are read. */
  readonly read: number;
  readonly records: number;
}
