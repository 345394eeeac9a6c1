// Go's net/http: N goroutines over one channel of URLs and one client.
//
// io_go ORIGIN PAGES CONCURRENCY DELAY SIZE, built by compare before it measures. Linux alone.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// now reads the system's monotonic clock, which all processes share. The package time shows only
// how far that clock has come since this process began.
func now() int64 {
	const monotonic = 1
	var spec syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, monotonic, uintptr(unsafe.Pointer(&spec)), 0)
	return spec.Nano()
}

func fetch(client *http.Client, url string) error {
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %s", response.Status)
	}
	_, err = io.ReadAll(response.Body)
	return err
}

func main() {
	origin, delay, size := os.Args[1], os.Args[4], os.Args[5]
	pages, _ := strconv.Atoi(os.Args[2])
	concurrency, _ := strconv.Atoi(os.Args[3])

	waiting := make(chan string, pages)
	for page := 0; page < pages; page++ {
		waiting <- fmt.Sprintf("%s/page/%d?delay=%s&size=%s", origin, page, delay, size)
	}
	close(waiting)

	began := now()
	// Go itself would keep two idle connections, and open new ones for the others' next page.
	transport := &http.Transport{MaxIdleConnsPerHost: concurrency}
	client := &http.Client{Transport: transport, Timeout: 60 * time.Second}

	var goroutines sync.WaitGroup
	var lock sync.Mutex
	var done int
	var why any
	for i := 0; i < concurrency; i++ {
		goroutines.Add(1)
		go func() {
			defer goroutines.Done()
			for url := range waiting {
				err := fetch(client, url)
				lock.Lock()
				if err == nil {
					done++
				} else if why == nil {
					why = err.Error()
				}
				lock.Unlock()
			}
		}()
	}
	goroutines.Wait()
	report := map[string]any{"began": began, "ended": now(), "done": done, "why": why}
	json.NewEncoder(os.Stdout).Encode(report)
}
