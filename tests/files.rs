//! Files that customers send: kept beside the facts, and gone with them.
#![cfg(feature = "testkit")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use omnichannel::channel::{
    KeyRing, RawInbound, RawOutbound, Telegram, Transport, TransportAnswer, Wired,
};
use omnichannel::hub::{FileFate, FixedClock, Keys, SeededEntropy};
use omnichannel::model::{
    Channel, ChannelId, ChannelKind, ErasureKey, IdKey, RecordId, TenantId, Timestamp, TouchpointId,
};
use omnichannel::storage::{BlobPlace, BlobStore, DirectoryBlobs, MemoryBlobs, MemoryStore};
use omnichannel::testkit::block_on;
use omnichannel::{ErrorKind, Hub, Result};

const PHOTO: &str = r#"{"update_id": 1, "message": {"message_id": 7, "date": 1795354100,
    "chat": {"id": 42, "type": "private"}, "from": {"id": 42}, "caption": "It is torn",
    "photo": [{"file_id": "AgAC", "file_unique_id": "u", "width": 9, "height": 9}]}}"#;

/// Telegram as it keeps files: by an id, then by a path.
#[derive(Debug, Default, Clone)]
struct Provider {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    fetched: Arc<Mutex<usize>>,
}

fn answered(status: u16, body: &[u8]) -> TransportAnswer {
    TransportAnswer::Answered { status, headers: Vec::new(), body: body.to_vec() }
}

#[async_trait]
impl Transport for Provider {
    async fn call(&self, call: RawOutbound) -> TransportAnswer {
        assert_eq!(call.path, "/getFile?file_id=AgAC");
        answered(200, br#"{"ok": true, "result": {"file_path": "photos/1.jpg"}}"#)
    }

    async fn fetch(&self, location: &str) -> TransportAnswer {
        *self.fetched.lock().unwrap() += 1;
        match self.files.lock().unwrap().get(location) {
            Some(bytes) if bytes.is_empty() => TransportAnswer::NoAnswer,
            Some(bytes) => answered(200, bytes),
            None => answered(404, b""),
        }
    }
}

fn shop() -> TenantId {
    TenantId::named("maison-lune")
}

fn hub(provider: &Provider) -> Hub {
    let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret").unwrap() };
    let now = Timestamp::from_seconds(1_795_354_200).unwrap();
    let bot = Telegram::new(Channel::new("bot", ChannelKind::Messaging).unwrap());
    Hub::new(MemoryStore::new(), keys, FixedClock::new(now), SeededEntropy::new(1))
        .erasure_keys(ErasureKey::new(&[9; 32]).unwrap(), [])
        .channel(shop(), Wired::new(bot, provider.clone()), KeyRing::default())
}

fn received(hub: &Hub) -> (TouchpointId, RecordId) {
    let raw = RawInbound::new(shop(), ChannelId::new("bot").unwrap(), PHOTO).attested("a test");
    let taken = block_on(hub.receive(raw)).unwrap().taken.remove(0);
    (taken.touchpoint, taken.record.unwrap())
}

fn kept(hub: &Hub, touchpoint: TouchpointId) -> FileFate {
    let mut fates = block_on(hub.keep_files(shop(), touchpoint)).unwrap();
    assert_eq!((fates.len(), fates[0].0), (1, 0));
    fates.remove(0).1
}

#[test]
fn a_file_is_kept_once_and_goes_with_its_person() {
    let (provider, blobs) = (Provider::default(), Arc::new(MemoryBlobs::new()));
    let hub = hub(&provider).blobs(Arc::clone(&blobs));
    let (touchpoint, noe) = received(&hub);
    assert!(matches!(kept(&hub, touchpoint), FileFate::Gone));
    let at = || "photos/1.jpg".to_owned();
    provider.files.lock().unwrap().insert(at(), Vec::new());
    let FileFate::Failed(error) = kept(&hub, touchpoint) else { panic!("nobody answered") };
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    provider.files.lock().unwrap().insert(at(), b"a torn dress".to_vec());
    assert!(matches!(kept(&hub, touchpoint), FileFate::Kept(12)));
    assert!(matches!(kept(&hub, touchpoint), FileFate::Known));
    assert_eq!(*provider.fetched.lock().unwrap(), 3);
    let file = || block_on(hub.file(shop(), touchpoint, 0)).unwrap();
    assert_eq!(file().as_deref(), Some(&b"a torn dress"[..]));
    assert!(!format!("{blobs:?} {hub:?}").contains("torn"));

    block_on(hub.erase(shop(), noe, "request 7")).unwrap();
    assert_eq!((file(), blobs.len()), (None, 0));
    let error = block_on(hub.keep_files(shop(), touchpoint)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

/// A place that forgets the person while her file is on its way there.
#[derive(Debug, Default)]
struct Late {
    files: MemoryBlobs,
    hub: OnceLock<(Arc<Hub>, RecordId)>,
}

#[async_trait]
impl BlobStore for Late {
    async fn put(&self, place: BlobPlace, bytes: Vec<u8>) -> Result<()> {
        let (hub, noe) = self.hub.get().unwrap();
        hub.erase(shop(), *noe, "request 7").await?;
        self.files.put(place, bytes).await
    }

    async fn get(&self, place: BlobPlace) -> Result<Option<Vec<u8>>> {
        self.files.get(place).await
    }

    async fn forget(&self, tenant: TenantId, touchpoint: TouchpointId) -> Result<()> {
        self.files.forget(tenant, touchpoint).await
    }
}

#[test]
fn a_file_that_comes_after_its_person_left_is_not_kept() {
    let (provider, blobs) = (Provider::default(), Arc::new(Late::default()));
    provider.files.lock().unwrap().insert("photos/1.jpg".to_owned(), b"a torn dress".to_vec());
    let hub = Arc::new(hub(&provider).blobs(Arc::clone(&blobs)));
    let (touchpoint, noe) = received(&hub);
    blobs.hub.set((Arc::clone(&hub), noe)).unwrap();
    drop(kept(&hub, touchpoint));
    assert!(blobs.files.is_empty());
}

#[test]
fn a_hub_without_a_place_says_so() {
    let hub = hub(&Provider::default());
    let (touchpoint, _) = received(&hub);
    let error = block_on(hub.keep_files(shop(), touchpoint)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("`Hub::blobs`"), "{error}");
}

fn contract(blobs: &dyn BlobStore) -> Result<()> {
    let touchpoint = |n: u128| TouchpointId::from_uuid(uuid::Uuid::from_u128(n));
    let place = |n, part| BlobPlace { tenant: shop(), touchpoint: touchpoint(n), part };
    block_on(async {
        assert_eq!(blobs.get(place(1, 0)).await?, None);
        blobs.forget(shop(), touchpoint(1)).await?;
        blobs.put(place(1, 0), b"first".to_vec()).await?;
        blobs.put(place(1, 0), Vec::new()).await?;
        assert_eq!(blobs.get(place(1, 0)).await?, Some(Vec::new()), "putting again replaces");
        blobs.put(place(1, 3), vec![7; 100_000]).await?;
        blobs.put(place(2, 0), b"another's".to_vec()).await?;
        assert_eq!(blobs.get(place(1, 3)).await?.map(|bytes| bytes.len()), Some(100_000));
        let elsewhere = BlobPlace { tenant: TenantId::named("other"), ..place(1, 0) };
        assert_eq!(blobs.get(elsewhere).await?, None);
        blobs.forget(shop(), touchpoint(1)).await?;
        assert_eq!((blobs.get(place(1, 0)).await?, blobs.get(place(1, 3)).await?), (None, None));
        assert_eq!(blobs.get(place(2, 0)).await?, Some(b"another's".to_vec()));
        Ok(())
    })
}

#[test]
fn both_places_keep_the_contract() {
    contract(&MemoryBlobs::new()).unwrap();
    let root = std::env::temp_dir().join(format!("omnichannel-files-{}", std::process::id()));
    let at = root.join("files");
    contract(&DirectoryBlobs::open(&at).unwrap()).unwrap();
    // Another process finds what was kept; half a file is none.
    let again = DirectoryBlobs::open(&at).unwrap();
    let touchpoint = TouchpointId::from_uuid(uuid::Uuid::from_u128(2));
    let place = BlobPlace { tenant: shop(), touchpoint, part: 0 };
    assert!(block_on(again.get(place)).unwrap().is_some());
    let folder = at.join(shop().as_uuid().to_string()).join(touchpoint.as_uuid().to_string());
    std::fs::write(folder.join("1.part"), b"half").unwrap();
    assert_eq!(block_on(again.get(BlobPlace { part: 1, ..place })).unwrap(), None);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.clone()), mode(folder.join("0"))), (0o700, 0o600));
    }
    block_on(again.forget(shop(), touchpoint)).unwrap();
    assert!(!folder.exists(), "no half of a file is left either");
    std::fs::write(root.join("file"), b"").unwrap();
    let error = DirectoryBlobs::open(root.join("file").join("x")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    std::fs::remove_dir_all(root).unwrap();
}
