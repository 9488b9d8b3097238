/** Fields in which datasets name their subsets. */
export const SOURCE_FIELDS = ['source', 'subset', 'domain', 'category', 'dataset', 'origin_dataset', 'split'];
