//! Put new items into stories.
