"""The definitions that 00_catatan prints: what each figure means, in Indonesian, word for word."""

from __future__ import annotations

from pipeline.report.completeness import INCOMPLETE, MARKED
from pipeline.report.issues import LARGEST, SPEAKERS
from pipeline.report.measure import MIN_N
from pipeline.report.quotation import QUOTE_WORDS
from pipeline.report.units import TIED

DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "sentimen",
        "Sentimen = tone pemberitaan terhadap Pemasyarakatan sebagai institusi, bukan suasana peristiwa. Positif: "
        "institusi tampak bekerja baik, melayani, atau dipuji pihak lain. Netral: fakta atau prosedur saja, atau pujian "
        "dan kritik seimbang. Negatif: kegagalan, kesalahan, atau kelalaian institusi atau petugasnya, tuduhan yang "
        "kredibel, atau kritik pihak lain.",
    ),
    (
        "belum yakin",
        "Tidak ada label dengan peluang yang cukup besar. Dihitung tersendiri dan tidak masuk dasar persentase tone maupun "
        "indeks tone. Negatif dipilih bila peluangnya sedikitnya sepertiga dan sedikitnya setengah dari peluang label lain yang "
        "terbesar: berita buruk yang terlewat dinilai dua kali lebih merugikan daripada label lain yang keliru. Persentase "
        "terkoreksi memperhitungkan hal itu.",
    ),
    (
        "tiga hitungan",
        "Artikel = setiap halaman berita. Artikel unik (unik_n) = artikel setelah salinan teks yang sama digabung. Isu (isu_n) = "
        "peristiwa yang diberitakan. Ketiganya, dan jumlah media, disajikan berdampingan karena satu siaran pers "
        "dapat dimuat banyak "
        "media.",
    ),
    (
        "artikel yang dihitung",
        "Artikel tentang Pemasyarakatan dari media tier T0 sampai T3. Situs penyalin (TX), artikel keimigrasian saja, dan "
        "artikel tidak relevan tidak masuk total.",
    ),
    (
        "liputan mandiri",
        "Liputan atau opini redaksi atau kantor berita. Tidak termasuk siaran pers dan tulisan ulangnya, kanal milik instansi "
        "(T0), agregator, tulisan pengguna, dan salinan. Siaran pers, liputan mandiri, dan sisanya (misalnya salinan liputan) "
        "bersama-sama 100 persen.",
    ),
    (
        "siaran pers",
        "Artikel bertanda siaran pers, atau yang terbit di kanal milik instansi.",
    ),
    (
        "salinan",
        "Artikel yang teksnya hampir sama dengan artikel lain yang lebih dahulu. Salinan tetap tercantum di 07_kliping "
        "(duplikat_dari, yang dapat menunjuk artikel minggu lalu). Bila artikel asalnya berasal dari situs penyalin, artikel "
        "pertama yang dihitung dianggap asal.",
    ),
    (
        "isu",
        "Satu peristiwa: sebuah artikel, salinannya, tulisan ulangnya, dan laporan media lain tentang kejadian yang sama. "
        "Penggabungan dilakukan program dari UPT, waktu, jenis kejadian, angka, dan kutipan yang sama; siaran pers UPT lain "
        "dengan kalimat yang sama tidak digabung.",
    ),
    (
        "tone isu",
        "Negatif bila sedikitnya satu artikelnya negatif; selain itu label terbanyak, dan bila seri label artikel utama isu.",
    ),
    (
        "indeks_tone",
        "(positif - negatif) / (positif + netral + negatif), dari -1 sampai 1.",
    ),
    (
        "persentase tone",
        "Dasar (n) = artikel positif + netral + negatif, tanpa belum yakin.",
    ),
    (
        "nilai_terkoreksi",
        "Di 01_ringkasan, untuk bagian tone: perkiraan bagian yang sebenarnya, setelah kekeliruan penilai yang terukur pada "
        "artikel berlabel diperhitungkan, dalam persen. nilai adalah hitungan apa adanya. terkoreksi_bawah dan terkoreksi_atas "
        "adalah batas selang 95 persen: bila selangnya lebar, jangan menarik kesimpulan dari selisih kecil. Dasarnya semua "
        "artikel dihitung, termasuk yang belum yakin; salinan satu teks diperhitungkan sebagai bukti yang lebih sedikit, dan "
        "tone yang sudah ditetapkan analis dihitung apa adanya. Anggapannya: "
        f"penilai keliru minggu ini sesering pada artikel berlabel. Kosong bila n kurang dari {MIN_N} atau bila kekeliruan "
        "penilai belum diukur (lihat bagian koreksi tone).",
    ),
    (
        "n kecil",
        "Setiap persentase dan indeks disertai n; untuk jumlah, n kosong karena nilainya sendiri adalah n. Bila n kurang "
        f"dari {MIN_N}, hanya n yang dicantumkan dan sel angkanya kosong.",
    ),
    (
        "perubahan",
        "Terhadap minggu lalu. Persentase dan indeks dibandingkan dalam poin (perubahan_abs). perubahan_persen kosong "
        f"bila nilai minggu lalu kurang dari {MIN_N}. Semua perubahan kosong bila minggu ini atau minggu lalu tidak "
        "lengkap, atau minggu lalu tidak memiliki data. perubahan_bawah dan perubahan_atas adalah batas selang 95 persen dari "
        "kebetulan semata: bila selangnya memuat nol, perubahan itu tidak dapat dibedakan dari kebetulan. Salinan satu teks "
        "diperhitungkan sebagai bukti yang lebih sedikit; kekeliruan penilai dan sumber yang terputus tidak termasuk "
        "di dalamnya.",
    ),
    (
        "minggu pembanding",
        "Waktu sama panjang tepat sebelum minggu ini.",
    ),
    (
        "kelengkapan",
        f"{INCOMPLETE}: pemantauan tidak menyeluruh, atau sumber yang biasanya membawa sedikitnya {100 * MARKED:.0f} "
        f"persen berita tidak "
        "terbaca pada hari-hari tertentu. Volume biasa tiap sumber = rata-rata berita barunya per hari terbaca dalam "
        "delapan minggu "
        "terakhir. Di 06_media: sumber media itu ada yang tidak terbaca. Angka yang turun dapat berarti sumber terputus.",
    ),
    (
        "disajikan_ulang",
        "ya: angka berbeda dari terbitan pertama sesudah minggu itu berakhir (nilai_terbitan_pertama), misalnya karena ada "
        "artikel yang baru ditemukan kemudian. Alasannya ada di bagian disajikan ulang.",
    ),
    (
        "judul dan isi",
        "sentimen_judul di 07_kliping adalah tone judul saja. judul_lebih_negatif dan judul_lebih_positif di 01_ringkasan "
        "membandingkannya dengan tone seluruh artikel, atas artikel yang kedua tone-nya jelas (n).",
    ),
    (
        "narasumber",
        "Jabatan pejabat yang dikutip artikel, tanpa nama; orang pribadi tidak pernah dicantumkan. Dikenali dari kata "
        "seperti kata, "
        "ujar, atau mengatakan di dekat jabatannya; pejabat yang hanya disebut namanya dapat terlewat. Di 03_isu: paling banyak "
        f"{SPEAKERS} jabatan yang paling sering dikutip, salinan dihitung satu kali. Kosong bila tidak ada, atau bila "
        f"teks tidak disimpan.",
    ),
    (
        "respons_resmi",
        "Untuk isu negatif: ada bila pejabat Pemasyarakatan dikutip di artikel negatif pertama atau sesudahnya; "
        "jam_ke_respons adalah "
        "selisih jamnya (0 bila di artikel yang sama). tidak: tidak ada kutipan seperti itu. belum diketahui: "
        "sebagian teks isu tidak "
        "tersedia. Kosong untuk isu lain. Respons di luar artikel yang terkumpul tidak diketahui.",
    ),
    (
        "bahasa_mesin",
        "diduga: teks memuat tanda pemutar kata, misalnya nan sebagai pengganti yang. Tanda ini murah dan bukan "
        "bukti; teks buatan "
        "mesin jenis lain tidak dikenali. Kosong bila teks tidak disimpan.",
    ),
    (
        "versi_artikel dan ditarik",
        "versi_artikel 0 = seperti pertama kali diambil; 1 atau 2 = teks yang kemudian diubah media, versi terbaru yang dinilai. "
        "ditarik = waktu halamannya ditemukan sudah dihapus; artikelnya tetap dihitung.",
    ),
    (
        "status minggu",
        "lengkap: pemantauan berjalan dari sebelum awal sampai sesudah akhir minggu. minggu berjalan: belum berakhir. tidak "
        "dipantau penuh: pemantauan dimulai sesudah awal minggu atau berhenti sebelum akhirnya. tidak dipantau: tidak satu pun "
        "pengumpulan berhasil selama minggu itu dan tidak ada artikelnya; angka nol tidak berarti apa-apa. dikumpulkan kemudian: "
        "pemantauan dimulai sesudah minggu itu, sehingga hanya artikel yang masih tercantum di daftar berita sumber yang "
        "terkumpul; perubahan hanya dihitung terhadap minggu yang dikumpulkan dengan cara yang sama.",
    ),
    (
        "kode program",
        "Kode program (P01-P13) adalah kode proyek ini, bukan nomor resmi, kecuali bila kolom nomor_resmi terisi "
        "(terverifikasi dari sumber). Selebihnya menunggu konfirmasi Ditjenpas.",
    ),
    (
        "program utama, terkait, dan disebut",
        "Setiap artikel memiliki tepat satu program utama. Terkait: ada kegiatan atau fakta program itu di dalam teks. "
        "Disebut: hanya namanya. terkait_n dan disebut_n tidak menghitung artikel yang program utamanya sama. Program di "
        "luar daftar yang dipakai dihitung sebagai luar_program di 02_program.",
    ),
    (
        "versi_program",
        "Di 07_kliping: daftar program yang disebut artikel, atau bila tidak disebut, daftar yang berlaku pada tanggal "
        "terbitnya. Terisi juga untuk artikel yang tidak menyebut program. Di 02_program: daftar yang dipakai laporan ini.",
    ),
    (
        "keimigrasian",
        "Artikel keimigrasian saja hanya tampil sebagai satu baris di 02_program, tanpa tone, dan tidak masuk total "
        "Ditjenpas. Karena itu baris program keimigrasian hanya menghitung artikel yang juga tentang Pemasyarakatan.",
    ),
    (
        "tier media",
        "T0 kanal milik instansi; T1 nasional; T2 regional atau jaringan; T3 lokal; TX situs penyalin, pemutar kata, atau "
        "ladang tautan. TX tidak dihitung dan hanya tampil di 07_kliping dengan dihitung = tidak.",
    ),
    (
        "urutan 04_negatif",
        "Terberat lebih dahulu: bobot insiden (kematian dan kerusuhan; pelarian dan kekerasan; narkoba dari dalam dan "
        "korupsi atau pungli; pelanggaran etik; bencana dan keluhan pelayanan; tanpa insiden), lalu skor negatif "
        "tertinggi, lalu liputan mandiri sebelum siaran pers, lalu waktu. Urutan bobot adalah pilihan proyek ini.",
    ),
    (
        "kutipan_alasan",
        "Kalimat yang paling jelas menceritakan mengapa artikelnya negatif, dipotong di sekitar kata yang menunjuk insiden atau "
        f"kesalahan, paling banyak {QUOTE_WORDS} kata; tanda … berarti kalimatnya dipotong di sisi itu. Bila kalimat itu tidak "
        "memuat kata seperti itu: kalimat bukti lain yang menyebut insidennya, atau awal kalimat itu sendiri. Untuk media yang "
        "hanya mengizinkan judul, kutipan diambil dari judul. Teks artikel tidak disertakan dalam laporan; bacalah lewat tautan.",
    ),
    (
        "03_isu",
        f"{LARGEST} isu dengan artikel terbanyak, ditambah setiap isu negatif. alasan_tampil: terbesar (sedikitnya dua "
        "artikel), negatif, atau contoh (isu satu artikel yang mengisi sisa tempat, yang paling awal lebih dahulu). mulai "
        "dapat jatuh di minggu lalu; puncak adalah hari dengan artikel terbanyak di minggu ini.",
    ),
    (
        "05_kanwil_upt",
        "Artikel dihitung untuk UPT yang menjadi pelaku utama; UPT yang hanya disebut dihitung di disebut_n (di baris "
        "total: artikel yang menyebut UPT kanwil itu, bukan sebagai pelaku utama). Baris total kanwil sudah mencakup "
        "baris UPT-nya, jadi keduanya jangan dijumlahkan. Semua 33 kanwil dan semua UPT di katalog tercantum, juga yang "
        f"nol. program_terbanyak memuat paling banyak {TIED} program yang sama banyaknya.",
    ),
    (
        "share_of_voice",
        "Bagian media dalam seluruh artikel yang dihitung, dalam persen. Nilai iklan (AVE) tidak dihitung karena bukan "
        "ukuran yang sahih.",
    ),
    (
        "insiden",
        "Jumlah isu yang memuat sedikitnya satu insiden.",
    ),
    (
        "skor dan keyakinan",
        "Label diberikan model terlatih dan aturan, belum diperiksa analis. keyakinan dan skor negatif (0 sampai 1) "
        "adalah perkiraan peluang dari contoh berlabel, bukan kepastian; skor_sentimen = peluang positif - peluang "
        "negatif. Artikel dengan perlu_tinjau = ya sebaiknya dibaca sebelum dikutip.",
    ),
    (
        "kolom kosong",
        "rekomendasi dan status_tindak_lanjut diisi humas, tidak pernah oleh program.",
    ),
    (
        "waktu",
        "Semua waktu dalam WIB. Artikel masuk menurut waktu terbit. Laporan pekanan = Senin pukul 00.00 sampai hari Minggu pukul "
        "24.00; laporan bulan atau rentang hari = pukul 00.00 hari pertama sampai pukul 24.00 hari terakhir.",
    ),
    (
        "apostrof di awal sel",
        "Teks yang diawali tanda = + - @ diberi apostrof supaya tidak dijalankan sebagai rumus oleh aplikasi lembar kerja.",
    ),
)
