//! Work in parts, in turn or on several threads, with the same answers.
//!
//! The only place in the crate that knows of threads; without the feature `parallel` there is none.
//!
//! # Law
//!
//! 1. Answers come in the order of the parts, and what makes a part does not depend on how many
//!    threads there are: whoever combines them in order gets the same for any number of threads.

/// What each part answers, in the order of the parts.
#[cfg(feature = "parallel")]
pub(super) fn answers<T: Sync, R: Send>(parts: &[T], answer: impl Fn(&T) -> R + Sync) -> Vec<R> {
    use rayon::prelude::*;
    parts.par_iter().map(&answer).collect()
}

/// What each part answers, in the order of the parts.
#[cfg(not(feature = "parallel"))]
pub(super) fn answers<T: Sync, R: Send>(parts: &[T], answer: impl Fn(&T) -> R + Sync) -> Vec<R> {
    parts.iter().map(answer).collect()
}

/// From so many records on several threads pay.
const RECORDS_MIN: usize = 1 << 10;

/// What each part of so many records answers, in the order of the parts.
pub(super) fn answers_over<T: Sync, R: Send>(
    records: usize,
    parts: &[T],
    answer: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    if records < RECORDS_MIN {
        return parts.iter().map(answer).collect();
    }
    answers(parts, answer)
}

/// Works on each chunk of so many, told by its number from 0.
#[cfg(feature = "parallel")]
pub(super) fn each_chunk<T: Send>(
    all: &mut [T],
    size: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    use rayon::prelude::*;
    if all.len() <= size {
        return all.chunks_mut(size.max(1)).for_each(|chunk| work(0, chunk));
    }
    all.par_chunks_mut(size.max(1)).enumerate().for_each(|(at, chunk)| work(at, chunk));
}

/// Works on each chunk of so many, told by its number from 0.
#[cfg(not(feature = "parallel"))]
pub(super) fn each_chunk<T: Send>(
    all: &mut [T],
    size: usize,
    work: impl Fn(usize, &mut [T]) + Sync,
) {
    all.chunks_mut(size.max(1)).enumerate().for_each(|(at, chunk)| work(at, chunk));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_parts() {
        let parts: Vec<u64> = (0..10_000).collect();
        let cube = |part: &u64| part.wrapping_pow(3);
        assert_eq!(answers(&parts, cube), parts.iter().map(cube).collect::<Vec<_>>());
        let mut chunked = vec![0; 10_000];
        each_chunk(&mut chunked, 7, |chunk, all| {
            all.iter_mut().zip(chunk * 7..).for_each(|(to, at)| *to = at);
        });
        assert_eq!(chunked, (0..10_000).collect::<Vec<_>>());
        each_chunk(&mut chunked[..0], 0, |_, _| {});
    }
}
