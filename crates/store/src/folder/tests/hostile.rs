//! What people, producers and attackers do to a folder.

use super::*;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};

async fn move_all(raw: &FolderBucket, stage: &FolderBucket) -> Vec<Result<Transferred, Error>> {
    let mut answers = Vec::new();
    for object in raw.list("", None, 1000).await.unwrap().objects {
        let key = format!("r1/{}", object.key);
        answers.push(raw.transfer(&object, stage, &key, &run_tags("r1")).await);
    }
    answers
}

#[tokio::test]
async fn links_pipes_and_sockets_are_no_objects() {
    let directory = tempfile::tempdir().unwrap();
    let secret = directory.path().join("secret");
    std::fs::create_dir(&secret).unwrap();
    std::fs::write(secret.join("key"), "not for the lake").unwrap();
    let path = directory.path().join("raw");
    let raw = open(&path);
    symlink(secret.join("key"), path.join("file-link")).unwrap();
    symlink(&secret, path.join("directory-link")).unwrap();
    fs::mkfifoat(CWD, path.join("pipe"), Mode::from_raw_mode(0o644)).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(path.join("socket")).unwrap();
    std::fs::write(path.join("file"), "bytes").unwrap();

    let page = raw.list("", None, 10).await.unwrap();
    assert_eq!(page.objects.len(), 1);
    let skipped: Vec<_> =
        page.skipped.iter().map(|s| (s.name.as_str(), s.reason.as_str())).collect();
    let expected = [
        ("directory-link", "a symbolic link"),
        ("file-link", "a symbolic link"),
        ("pipe", "a named pipe"),
        ("socket", "a socket"),
    ];
    let mut sorted = skipped.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    for key in ["file-link", "directory-link", "directory-link/key", "pipe", "socket"] {
        assert_eq!(raw.head(key).await.unwrap_err().kind, ErrorKind::NotFound, "{key}");
        let posing = ObjectRef { key: key.to_owned(), ..page.objects[0].clone() };
        let read = raw.read(&posing).await.err().unwrap();
        assert_eq!(read.kind, ErrorKind::NotFound, "{key}");
        assert_eq!(raw.tags(&posing).await.unwrap_err().kind, ErrorKind::NotFound, "{key}");
        let answer = raw.transfer(&posing, &raw, "elsewhere", &run_tags("r1")).await;
        assert_eq!(answer.unwrap_err().kind, ErrorKind::NotFound, "{key}");
    }
    assert!(raw.list("directory-link/", None, 10).await.unwrap().objects.is_empty());
    let body = || futures_util::stream::once(async { Ok("bytes".into()) }).boxed();
    let into = raw.put("directory-link/new", body(), None, PutOptions::default()).await;
    assert_eq!(into.unwrap_err().kind, ErrorKind::KeyNotRepresentable);
    let over = raw.put("file-link", body(), None, PutOptions::default()).await;
    assert_eq!(over.unwrap_err().kind, ErrorKind::Collision);
    assert_eq!(std::fs::read_dir(&secret).unwrap().count(), 1);
}

#[tokio::test]
async fn a_link_in_place_of_the_reserved_directory_leads_nowhere() {
    let directory = tempfile::tempdir().unwrap();
    let outside = directory.path().join("outside");
    std::fs::create_dir_all(outside.join("sidecars")).unwrap();
    std::fs::create_dir_all(outside.join("tmp")).unwrap();
    let path = directory.path().join("raw");
    std::fs::create_dir(&path).unwrap();
    symlink(&outside, path.join(".lakegate")).unwrap();
    std::fs::write(path.join("file"), "bytes").unwrap();
    let options = FolderOptions::default();
    for raw in [open(&path), open_poorly(&path, &options)] {
        let body = futures_util::stream::once(async { Ok("bytes".into()) }).boxed();
        assert!(raw.put("new", body, None, PutOptions::default()).await.is_err());
        let object = raw.head("file").await.unwrap().object;
        // With attributes this needs no directory, without it must fail.
        let _ = raw.set_tags(&object, &run_tags("r1")).await;
    }
    assert_eq!(std::fs::read_dir(outside.join("sidecars")).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(outside.join("tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_file_with_a_second_name_is_copied() {
    let directory = tempfile::tempdir().unwrap();
    let (raw, stage) = (open(&directory.path().join("raw")), open(&directory.path().join("stage")));
    let kept = directory.path().join("kept-by-the-producer");
    std::fs::write(&kept, "before").unwrap();
    std::fs::hard_link(&kept, directory.path().join("raw/key")).unwrap();
    let moved = move_all(&raw, &stage).await.remove(0).unwrap();
    assert_eq!(moved.source, SourceAfter::Remains);
    std::fs::write(&kept, "after!").unwrap();
    assert_eq!(bytes_of(&stage, &moved.object).await, b"before");
}

#[tokio::test]
async fn a_writer_who_kept_the_file_open_reaches_no_copy() {
    for copy_always in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let options = FolderOptions { copy_always, ..Default::default() };
        let raw = open_with(&directory.path().join("raw"), &options);
        let stage = open_with(&directory.path().join("stage"), &options);
        let mut writer = std::fs::File::create(directory.path().join("raw/key")).unwrap();
        writer.write_all(b"clean").unwrap();
        let moved = move_all(&raw, &stage).await.remove(0).unwrap();
        writer.write_all(b" and not clean").unwrap();
        match stage.read(&moved.object).await {
            Ok(_) => assert!(copy_always, "a renamed file that grew was read as the old one"),
            Err(error) => {
                assert!(!copy_always);
                assert_eq!(error.kind, ErrorKind::Changed);
            }
        }
    }
}

#[tokio::test]
async fn an_object_written_in_place_is_another() {
    let directory = tempfile::tempdir().unwrap();
    let bucket = open(directory.path());
    let object = put(&bucket, "key", "first", PutOptions::default()).await;
    bucket.set_tags(&object, &run_tags("r1")).await.unwrap();
    std::fs::write(directory.path().join("key"), "longer than before").unwrap();
    let read = bucket.read(&object).await.err().unwrap();
    assert_eq!(read.kind, ErrorKind::Changed);
    let now = bucket.head("key").await.unwrap().object;
    assert_eq!(bucket.tags(&now).await.unwrap(), Tags::new());
}

#[tokio::test]
async fn a_file_that_grows_while_it_is_read_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let bucket = open(directory.path());
    let path = directory.path().join("key");
    std::fs::write(&path, vec![b'x'; 2_000_000]).unwrap();
    let object = bucket.head("key").await.unwrap().object;
    let mut body = bucket.read(&object).await.unwrap();
    body.next().await.unwrap().unwrap();
    std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"more").unwrap();
    let mut last = None;
    while let Some(chunk) = body.next().await {
        last = Some(chunk);
    }
    assert_eq!(last.unwrap().unwrap_err().kind, ErrorKind::Changed);
}

#[tokio::test]
async fn names_that_are_not_utf8_have_keys_and_stray_markers_have_none() {
    let directory = tempfile::tempdir().unwrap();
    let (raw, stage) = (open(&directory.path().join("raw")), open(&directory.path().join("stage")));
    let path = directory.path().join("raw");
    std::fs::write(path.join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt")), "latin").unwrap();
    for stray in ["a%~41", "%~2E", ".LakeGate", "cut%~+"] {
        std::fs::write(path.join(stray), "stray").unwrap();
    }
    let page = raw.list("", None, 10).await.unwrap();
    let keys: Vec<_> = page.objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["caf%~e9.txt"]);
    assert_eq!(page.skipped.len(), 4, "{:?}", page.skipped);
    assert_eq!(bytes_of(&raw, &page.objects[0]).await, b"latin");
    move_all(&raw, &stage).await.remove(0).unwrap();
    let moved = directory.path().join("stage/r1").join(std::ffi::OsStr::from_bytes(b"caf\xe9.txt"));
    assert_eq!(std::fs::read(moved).unwrap(), b"latin");
}

#[tokio::test]
async fn a_torn_sidecar_counts_as_none() {
    let directory = tempfile::tempdir().unwrap();
    let bucket = open_poorly(directory.path(), &FolderOptions::default());
    let options = PutOptions { tags: run_tags("r1"), ..Default::default() };
    let object = put(&bucket, "key", "bytes", options).await;
    assert_eq!(reserved_files(directory.path(), "sidecars"), 1);
    for entry in std::fs::read_dir(directory.path().join(".lakegate/sidecars")).unwrap() {
        std::fs::write(entry.unwrap().path(), "{\"key\":\"ke").unwrap();
    }
    assert_eq!(bucket.tags(&object).await.unwrap(), Tags::new());
    bucket.set_tags(&object, &run_tags("r2")).await.unwrap();
    assert_eq!(bucket.tags(&object).await.unwrap(), run_tags("r2"));
}

#[tokio::test]
async fn what_is_too_large_for_an_attribute_is_kept_in_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let bucket = open(directory.path());
    let object = put(&bucket, "key", "bytes", PutOptions::default()).await;
    let large = Tags::from([("large".to_owned(), "x".repeat(3000))]);
    for tags in [run_tags("r1"), large, run_tags("r2"), Tags::new()] {
        bucket.set_tags(&object, &tags).await.unwrap();
        assert_eq!(bucket.tags(&object).await.unwrap(), tags);
        assert_eq!(open(directory.path()).tags(&object).await.unwrap(), tags);
    }
}

#[tokio::test]
async fn a_failed_transfer_leaves_the_sources_tags() {
    for key in ["key", "other"] {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        let (raw, stage) = (open(&from), open(&to));
        let options = PutOptions { tags: run_tags("r0"), ..Default::default() };
        let source = put(&raw, "key", "bytes", options).await;
        put(&stage, key, "taken", PutOptions::default()).await;
        let answer = raw.transfer(&source, &stage, key, &run_tags("r1")).await;
        assert_eq!(answer.unwrap_err().kind, ErrorKind::Collision);
        assert_eq!(raw.tags(&source).await.unwrap(), run_tags("r0"));
    }
}

#[tokio::test]
async fn old_temporary_files_are_swept_and_young_ones_are_not() {
    let directory = tempfile::tempdir().unwrap();
    let temporary = directory.path().join(".lakegate/tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    let old = std::fs::File::create(temporary.join("old")).unwrap();
    let two_days = std::time::Duration::from_secs(2 * 24 * 60 * 60);
    old.set_modified(old.metadata().unwrap().modified().unwrap() - two_days).unwrap();
    std::fs::write(temporary.join("young"), "in use").unwrap();
    open(directory.path());
    assert!(!temporary.join("old").exists());
    assert!(temporary.join("young").exists());
}

#[tokio::test]
async fn opening_says_what_is_wrong_with_a_folder() {
    let directory = tempfile::tempdir().unwrap();
    let check = |path: &Path, kind: ErrorKind| {
        let error = FolderBucket::open(path, FolderOptions::default()).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    };
    check(&directory.path().join("missing"), ErrorKind::NotFound);
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    check(&file, ErrorKind::NotFound);
    let closed = directory.path().join("closed");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::read_dir(&closed).is_err() {
        check(&closed, ErrorKind::Denied);
    }
}

#[tokio::test]
async fn emptied_directories_go_and_a_producers_stay() {
    let directory = tempfile::tempdir().unwrap();
    let raw = open(&directory.path().join("raw"));
    let options = FolderOptions { remove_emptied_directories: true, ..Default::default() };
    let stage = open_with(&directory.path().join("stage"), &options);
    let out = open(&directory.path().join("out"));
    put(&raw, "in/a/key", "bytes", PutOptions::default()).await;
    put(&raw, "in/b/key", "bytes", PutOptions::default()).await;
    move_all(&raw, &stage).await;
    assert_eq!(stage.list("", None, 10).await.unwrap().objects.len(), 2);
    let first = stage.head("r1/in/a/key").await.unwrap().object;
    stage.transfer(&first, &out, "in/a/key", &run_tags("r1")).await.unwrap();
    for bucket in [&raw, &stage, &out] {
        bucket.sync().await.unwrap();
    }
    assert!(directory.path().join("raw/in/a").is_dir());
    assert!(!directory.path().join("stage/r1/in/a").exists());
    assert!(directory.path().join("stage/r1/in/b/key").is_file());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tidying_away_directories_makes_no_writer_fail() {
    let directory = tempfile::tempdir().unwrap();
    let options = FolderOptions { remove_emptied_directories: true, ..Default::default() };
    let bucket = open_with(directory.path(), &options);
    let writers = (0..4).map(|writer| {
        let bucket = bucket.clone();
        tokio::spawn(async move {
            for round in 0..50 {
                let key = format!("deep/er/still/{writer}-{round}");
                let object = put(&bucket, &key, "bytes", PutOptions::default()).await;
                bucket.delete(&object).await.unwrap();
                bucket.sync().await.unwrap();
            }
        })
    });
    for writer in futures_util::future::join_all(writers).await {
        writer.unwrap();
    }
    bucket.sync().await.unwrap();
    assert!(!directory.path().join("deep").exists());
}
