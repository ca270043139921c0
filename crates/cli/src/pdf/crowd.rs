//! Many files on all cores, told in the order of the arguments.

use std::{
    path::PathBuf,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;

/// Does `work` on every path, and hands the results to `tell` in order. One path is done without threads and bar.
///
/// # Errors
/// The first error of `tell`; then nothing more is told.
pub(crate) fn each<T: Send>(
    paths: &[PathBuf],
    work: impl Fn(&PathBuf) -> Result<T, Failure> + Sync,
    mut tell: impl FnMut(&PathBuf, Result<T, Failure>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if let [path] = paths {
        return tell(path, work(path));
    }
    // On a terminal only; indicatif hides it elsewhere by itself.
    let bar = ProgressBar::new(paths.len() as u64).with_style(
        ProgressStyle::with_template("{bar:30} {pos}/{len} files, {eta} left")
            .expect("the template is one of indicatif's"),
    );
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    // Bounded, so that results do not pile up behind one slow file.
    let (sender, receiver) = mpsc::sync_channel(4 * workers);
    thread::scope(|scope| {
        for _ in 0..workers.min(paths.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((index, path)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    paths.get(index).map(|path| (index, path))
                } {
                    // Nobody listens any more: stop.
                    if sender.send((index, work(path))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = std::collections::BTreeMap::new();
        let mut told = 0;
        // Owned here, so that leaving early lets the workers stop.
        let receiver = receiver;
        for (index, result) in receiver.iter() {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&told) {
                let path = &paths[told];
                told += 1;
                bar.suspend(|| tell(path, result))?;
                bar.inc(1);
            }
        }
        bar.finish_and_clear();
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whoever_is_done_first() {
        let paths: Vec<PathBuf> = (0..200).map(|n| PathBuf::from(n.to_string())).collect();
        let mut told = Vec::new();
        let done = each(
            &paths,
            |path| {
                let n: u64 = path.to_string_lossy().parse().expect("a number");
                thread::sleep(std::time::Duration::from_micros(n % 7 * 300));
                Ok(n)
            },
            |_, n| {
                told.push(n?);
                Ok(())
            },
        );
        assert!(done.is_ok());
        assert_eq!(told, (0..200).collect::<Vec<_>>());
    }

    #[test]
    fn first_error_of_the_teller_ends_it() {
        let paths: Vec<PathBuf> = (0..200).map(|n| PathBuf::from(n.to_string())).collect();
        let done = each(&paths, |_| Ok(()), |_, _| Err(Failure::usage("stop")));
        assert!(done.is_err());
    }
}
